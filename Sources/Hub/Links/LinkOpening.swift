/// A device or module connects, having proven who it is.
public struct LinkOpening: Hashable, Sendable {
    /// Whether what it subscribes to outlives the link (MQTT: CleanSession 0). Without it an earlier session is forgotten.
    public var keepsSession: Bool
    /// The model that it says it implements; nil leaves what it said before.
    public var modelID: String?

    public init(keepsSession: Bool, modelID: String? = nil) {
        self.keepsSession = keepsSession
        self.modelID = modelID
    }
}

/// A link that is open.
public struct Link: Sendable {
    /// As it stands with the link.
    public var entity: Entity
    /// Names the link among all that the hub ever had: the larger one is the later one.
    public var number: UInt64
    /// Whether a session was kept from before.
    public var sessionWasPresent: Bool
}
