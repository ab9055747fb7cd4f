/// The store's bounds.
public struct EventLimits: Sendable {
    /// Events that may wait to be written; beyond it they are refused at once.
    public var waitingEvents = 100_000
    /// Bytes of them.
    public var waitingBytes = 64 << 20
    /// Encoded bytes after which one write takes in no further submission.
    public var bytesPerBatch = 4 << 20
    /// Events kept in memory for readers; older ones are read from the log.
    public var eventsInMemory = 10_000
    /// Bytes of them.
    public var bytesInMemory = 32 << 20
    /// Bytes after which an answer to a reader ends.
    public var bytesPerPage = 2 << 20

    public init() {}
}
