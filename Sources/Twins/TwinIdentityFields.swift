import Vocabulary

/// The identity's fields that stand in a twin document (twins.md section 1); the caller, who knows the identity, gives
/// them.
public struct TwinIdentityFields: Hashable, Sendable {
    public var id: TwinID
    /// The identity's own ETag, without quotes.
    public var deviceEtag: String
    /// `enabled` or `disabled`.
    public var status: String
    /// Left out of the document where nil.
    public var statusReason: String?
    public var statusUpdateTime: Timestamp
    /// `Connected` or `Disconnected`.
    public var connectionState: String
    public var lastActivityTime: Timestamp
    /// Messages that wait for the device.
    public var cloudToDeviceMessageCount: Int
    /// `sas`, `selfSigned`, `certificateAuthority` or `none`.
    public var authenticationType: String
    public var primaryThumbprint: String?
    public var secondaryThumbprint: String?
    /// A DTMI, or empty; left out for callers of before 2020-09-30 (rest.md section 1.1).
    public var modelID: String
    /// Printed for devices only.
    public var iotEdge: Bool
    public var deviceScope: String?
    public var parentScopes: [String]
    /// A JSON object, `{"<id>":{"status":"Applied"}}`; nil leaves it out.
    public var configurations: [UInt8]?

    public init(
        id: TwinID, deviceEtag: String, status: String = "enabled", statusReason: String? = nil,
        statusUpdateTime: Timestamp = .never, connectionState: String = "Disconnected",
        lastActivityTime: Timestamp = .never, cloudToDeviceMessageCount: Int = 0, authenticationType: String = "sas",
        primaryThumbprint: String? = nil, secondaryThumbprint: String? = nil, modelID: String = "",
        iotEdge: Bool = false, deviceScope: String? = nil, parentScopes: [String] = [], configurations: [UInt8]? = nil
    ) {
        self.id = id
        self.deviceEtag = deviceEtag
        self.status = status
        self.statusReason = statusReason
        self.statusUpdateTime = statusUpdateTime
        self.connectionState = connectionState
        self.lastActivityTime = lastActivityTime
        self.cloudToDeviceMessageCount = cloudToDeviceMessageCount
        self.authenticationType = authenticationType
        self.primaryThumbprint = primaryThumbprint
        self.secondaryThumbprint = secondaryThumbprint
        self.modelID = modelID
        self.iotEdge = iotEdge
        self.deviceScope = deviceScope
        self.parentScopes = parentScopes
        self.configurations = configurations
    }
}
