import Query
import Twins
import Vocabulary

/// A device or module as it stood after one change: identity, twin, and the desired patches still kept. Immutable, so
/// readers on any shard share it without a lock.
public final class Entity: Sendable {
    /// The twin as queries and conditions see it. It stands first, since they look at very many and at nothing else.
    let queryView: DocumentView
    let isModule: Bool
    public let identity: Identity
    /// The service's own JSON of the twin, ready to be written to a socket.
    public let document: RenderedTwin
    /// The newest desired patches, as devices receive them.
    public let patches: PatchHistory
    /// A device's modules, in the order of their creation; empty for a module.
    public let modules: [TwinID]
    /// What it has subscribed to; nil where it keeps no session.
    public let session: DeviceSession?
    /// The cloud-to-device messages that wait for it.
    public let messages: MessageQueue
    /// The link that it is connected by; 0 where it is not.
    public let link: UInt64
    /// The configurations that target it, the highest priority first.
    public let configurations: [ConfigurationStanding]

    public var id: TwinID { identity.id }
    public var twin: Twin { document.twin }

    /// A new one, with nothing but an identity and a twin.
    init(identity: Identity, twin: Twin) {
        self.identity = identity
        isModule = identity.id.isModule
        document = RenderedTwin(twin, identity.twinFields)
        queryView = document.queryView(isModule: isModule)
        patches = PatchHistory()
        modules = []
        session = nil
        messages = MessageQueue()
        link = 0
        configurations = []
    }

    /// As read back from a snapshot.
    init(
        identity: Identity, document: RenderedTwin, patches: PatchHistory, modules: [TwinID], session: DeviceSession?,
        messages: MessageQueue, link: UInt64, configurations: [ConfigurationStanding]
    ) {
        self.identity = identity
        isModule = identity.id.isModule
        self.document = document
        queryView = document.queryView(isModule: isModule)
        self.patches = patches
        self.modules = modules
        self.session = session
        self.messages = messages
        self.link = link
        self.configurations = configurations
    }

    /// The same with some parts changed; the document is rendered anew where something stands in it.
    func with(
        identity: Identity? = nil, twin: Twin? = nil, patches: PatchHistory? = nil, modules: [TwinID]? = nil,
        session: DeviceSession?? = nil, messages: MessageQueue? = nil, link: UInt64? = nil,
        configurations: [ConfigurationStanding]? = nil
    ) -> Entity {
        var document = document
        if identity != nil || configurations != nil {
            var fields = (identity ?? self.identity).twinFields
            fields.configurations = (configurations ?? self.configurations).document
            document = RenderedTwin(twin ?? self.twin, fields)
        } else if let twin {
            document = document.with(twin)
        }
        return Entity(
            identity: identity ?? self.identity, document: document, patches: patches ?? self.patches,
            modules: modules ?? self.modules, session: session ?? self.session, messages: messages ?? self.messages,
            link: link ?? self.link, configurations: configurations ?? self.configurations)
    }
}

extension Identity {
    /// What of an identity stands in its twin (twins.md section 1).
    var twinFields: TwinIdentityFields {
        var primary: String?
        var secondary: String?
        if case .selfSigned(let first, let second) = authentication {
            primary = first?.text
            secondary = second?.text
        }
        return TwinIdentityFields(
            id: id, deviceEtag: etag, status: status.rawValue, statusReason: statusReason,
            statusUpdateTime: statusUpdatedTime, connectionState: connectionState.rawValue,
            lastActivityTime: lastActivityTime, cloudToDeviceMessageCount: cloudToDeviceMessageCount,
            authenticationType: authentication.typeName, primaryThumbprint: primary, secondaryThumbprint: secondary,
            modelID: modelID, iotEdge: iotEdge, deviceScope: id.isModule ? nil : deviceScope,
            parentScopes: id.isModule ? [] : parentScopes, configurations: nil)
    }
}
