import MQTT

/// How simulated clients behave.
public struct ClientSettings: Sendable {
    /// What is subscribed to whenever the server has kept no session.
    public var filters: [(filter: String, qos: QoS)] = []
    /// Whether the server is to keep the session when the connection is lost.
    public var keepsSession = true
    /// What the client's SDK names in its user name.
    public var apiVersion = "2021-04-12"
    /// In seconds.
    public var keepAlive: UInt16 = 240
    /// For which a token is good, in seconds.
    public var tokenLifetime: Int64 = 86_400
    /// For a connection to be ready, from the dial to the SUBACK.
    public var readyMilliseconds = 60_000
    /// Messages at QoS 1 that may be under way at once.
    public var window = 32
    /// Whether a lost connection is dialled again.
    public var reconnects = true
    public var backoff = Backoff()

    /// The filters of a client that follows its twin (mqtt.md section 3.3).
    public static let twinFilters: [(filter: String, qos: QoS)] = [
        ("$iothub/twin/res/#", .atMostOnce), ("$iothub/twin/PATCH/properties/desired/#", .atMostOnce),
    ]

    public init() {}
}
