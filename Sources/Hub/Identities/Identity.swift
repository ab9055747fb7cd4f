import Access
import Vocabulary

/// A device's or module's entry in the identity registry (rest.md sections 5.1 and 7).
public struct Identity: Hashable, Sendable {
    public enum Status: String, Sendable { case enabled, disabled }
    public enum ConnectionState: String, Sendable {
        case connected = "Connected"
        case disconnected = "Disconnected"
    }

    public let id: TwinID
    /// .NET ticks of creation, which only a re-creation changes; printed in decimal.
    public let generation: UInt64
    /// The identity ETag's counter; each successful write adds 1.
    public var etagCounter: UInt64
    /// Modules have none of their own and are always enabled.
    public var status = Status.enabled
    public var connectionState = ConnectionState.disconnected
    /// `capabilities.iotEdge`; devices only.
    public var iotEdge = false
    public var lastActivityTime = Timestamp.never
    public var authentication: Authentication
    /// Nil where there is nothing that would have to be told.
    private var held: IdentityDetails.Held?

    public init(id: TwinID, generation: UInt64, etagCounter: UInt64, authentication: Authentication) {
        self.id = id
        self.generation = generation
        self.etagCounter = etagCounter
        self.authentication = authentication
    }

    private var details: IdentityDetails {
        get { held?.details ?? IdentityDetails() }
        set { held = newValue == IdentityDetails() ? nil : IdentityDetails.Held(newValue) }
    }

    public var statusReason: String? {
        get { held?.details.statusReason }
        set { details.statusReason = newValue }
    }

    public var statusUpdatedTime: Timestamp {
        get { held?.details.statusUpdatedTime ?? .never }
        set { details.statusUpdatedTime = newValue }
    }

    public var connectionStateUpdatedTime: Timestamp {
        get { held?.details.connectionStateUpdatedTime ?? .never }
        set { details.connectionStateUpdatedTime = newValue }
    }

    public var cloudToDeviceMessageCount: Int {
        get { held?.details.cloudToDeviceMessageCount ?? 0 }
        set { details.cloudToDeviceMessageCount = newValue }
    }

    /// `ms-azure-iot-edge://<id>-<generation>` for an edge device, its parent's for a child.
    public var deviceScope: String? {
        get { held?.details.deviceScope }
        set { details.deviceScope = newValue }
    }

    public var parentScopes: [String] {
        get { held?.details.parentScopes ?? [] }
        set { details.parentScopes = newValue }
    }

    /// Modules only.
    public var managedBy: String? {
        get { held?.details.managedBy }
        set { details.managedBy = newValue }
    }

    /// The DTDL model that the device named at connect; empty where it named none.
    public var modelID: String {
        get { held?.details.modelID ?? "" }
        set { details.modelID = newValue }
    }

    public var attributes: IdentityAttributes {
        get { held?.details.attributes ?? .none }
        set { details.attributes = newValue }
    }

    /// The identity ETag without quotes: base64 of the counter's decimal digits.
    public var etag: String { ETag.decimal(etagCounter) }
}
