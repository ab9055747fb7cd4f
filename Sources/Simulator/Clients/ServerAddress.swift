import Reactor

/// Where simulated clients connect to.
public struct ServerAddress: Sendable {
    /// An address literal or a name of the loopback interface.
    public var host: String
    public var port: UInt16
    /// What a hub calls itself, in user names and tokens.
    public var hubName: String
    /// Nil for MQTT in clear.
    public var tls: TLSContext?

    public init(host: String, port: UInt16, hubName: String? = nil, tls: TLSContext?) {
        self.host = host
        self.port = port
        self.hubName = hubName ?? host
        self.tls = tls
    }
}
