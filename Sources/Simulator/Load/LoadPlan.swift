import MQTT

/// What a load run does.
public struct LoadPlan: Sendable {
    public enum Work: Hashable, Sendable {
        /// Connects all clients and holds them for so many seconds.
        case connect(holdSeconds: Int)
        /// Sends telemetry at QoS 1 for so many seconds: as fast as the windows allow, or so many messages a second of
        /// all clients together.
        case telemetry(seconds: Int, perSecond: Int?)
        /// Waits until all clients have been told so many changes, one after the other.
        case fanOut(rounds: Int)
        /// Holds the clients until the server has gone and all of them are back.
        case reconnect
        /// Takes messages in until none has come for so many seconds.
        case receive(idleSeconds: Int)
    }

    public var work: Work
    public var settings = ClientSettings()
    /// Bytes of a telemetry message.
    public var payloadBytes = 200
    /// Clients of one shard that are on their way to being ready at once.
    public var arrivingPerShard = 64
    /// Clients dialled a second, all shards together.
    public var connectionsPerSecond = 5_000
    /// For the whole run, in seconds, beyond what its work takes.
    public var patienceSeconds = 120

    public init(_ work: Work) { self.work = work }
}
