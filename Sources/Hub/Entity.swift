import Twins
import Vocabulary

/// A device or module as it stood after one change: identity, twin, and the desired patches still kept. Immutable, so
/// readers on any shard share it without a lock.
public final class Entity: Sendable {
    public let identity: Identity
    /// The service's own JSON of the twin, ready to be written to a socket.
    public let document: RenderedTwin
    /// The newest desired patches, as devices receive them.
    public let patches: PatchHistory
    /// A device's modules, in the order of their creation; empty for a module.
    public let modules: [TwinID]

    public var id: TwinID { identity.id }
    public var twin: Twin { document.twin }

    init(identity: Identity, twin: Twin, patches: PatchHistory, modules: [TwinID]) {
        self.identity = identity
        document = RenderedTwin(twin, identity.twinFields)
        self.patches = patches
        self.modules = modules
    }

    /// As read back from a snapshot.
    init(identity: Identity, document: RenderedTwin, patches: PatchHistory, modules: [TwinID]) {
        self.identity = identity
        self.document = document
        self.patches = patches
        self.modules = modules
    }

    func with(identity: Identity? = nil, twin: Twin? = nil, patches: PatchHistory? = nil, modules: [TwinID]? = nil) -> Entity
    {
        guard identity != nil || twin != nil else {
            return Entity(
                identity: self.identity, document: document, patches: patches ?? self.patches,
                modules: modules ?? self.modules)
        }
        return Entity(
            identity: identity ?? self.identity, twin: twin ?? self.twin, patches: patches ?? self.patches,
            modules: modules ?? self.modules)
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
