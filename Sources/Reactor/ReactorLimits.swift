/// Every bound of the socket floor, by name. What a bad or slow client can cost stands here.
public struct ReactorLimits: Sendable {
    /// Accepted connections in the whole reactor. The process's descriptor limit, less `descriptorsReserved`, bounds
    /// them too. One more is accepted and closed at once.
    public var connections = 1_000_000
    /// Accepted connections of one shard.
    public var connectionsPerShard = 1_000_000
    /// Descriptors that connections leave to everything else: log segments, certificates, standard streams.
    public var descriptorsReserved = 64

    /// Bytes that may wait to be sent on one connection; it is cut when more are queued.
    public var outputBytes = 16 << 20
    /// How long queued bytes may wait without the peer taking any before the connection is cut.
    public var slowReaderMilliseconds = 30_000
    /// Received bytes that a handler may leave unconsumed; the connection is cut when there are more. A handler that
    /// wants messages whole needs them to fit.
    public var keptInputBytes = (8 << 20) + (64 << 10)

    /// From the first byte of a TLS handshake to its end.
    public var handshakeMilliseconds = 10_000
    /// For a dialled connection to be established, all its addresses together.
    public var connectMilliseconds = 10_000
    /// How long a connection that has said all it had to say goes on discarding what its peer still sends.
    public var closingMilliseconds = 2_000

    /// Connections that the kernel keeps for one listening socket until they are accepted.
    public var backlog = 4096
    /// Connections accepted from one listening socket in one turn.
    public var acceptsPerTurn = 64
    /// Ready descriptors handled in one turn.
    public var eventsPerTurn = 256
    /// Turns of one wake-up before the thread is given back to Dispatch, however busy the shard is.
    public var turnsPerWake = 256
    /// How long an idle shard waits on its own before it gives the thread back.
    public var lingerMilliseconds = 2
    /// Pause of a listening socket for which the system has neither descriptor nor memory left.
    public var acceptPauseMilliseconds = 100
    /// Bytes read from one connection in one turn.
    public var readBytes = 64 << 10

    public init() {}

    /// The limits of a server that nobody has configured.
    public static let standard = ReactorLimits()
}
