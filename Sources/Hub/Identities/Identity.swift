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
    public var status: Status
    public var statusReason: String?
    public var statusUpdatedTime: Timestamp
    public var connectionState: ConnectionState
    public var connectionStateUpdatedTime: Timestamp
    public var lastActivityTime: Timestamp
    public var cloudToDeviceMessageCount: Int
    public var authentication: Authentication
    /// `capabilities.iotEdge`; devices only.
    public var iotEdge: Bool
    /// `ms-azure-iot-edge://<id>-<generation>` for an edge device, its parent's for a child.
    public var deviceScope: String?
    public var parentScopes: [String]
    /// Modules only.
    public var managedBy: String?
    /// The DTDL model that the device named at connect; empty where it named none.
    public var modelID: String
    public var attributes = IdentityAttributes.none

    public init(id: TwinID, generation: UInt64, etagCounter: UInt64, authentication: Authentication) {
        self.id = id
        self.generation = generation
        self.etagCounter = etagCounter
        self.authentication = authentication
        status = .enabled
        statusReason = nil
        statusUpdatedTime = .never
        connectionState = .disconnected
        connectionStateUpdatedTime = .never
        lastActivityTime = .never
        cloudToDeviceMessageCount = 0
        iotEdge = false
        deviceScope = nil
        parentScopes = []
        managedBy = nil
        modelID = ""
    }

    /// The identity ETag without quotes: base64 of the counter's decimal digits.
    public var etag: String { ETag.decimal(etagCounter) }
}
