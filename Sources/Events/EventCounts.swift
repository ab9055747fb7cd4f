/// What a store has done since its process began, and what it has before it.
public struct EventCounts: Hashable, Sendable {
    /// Bytes of stored events as they stand in the log, without its framing.
    public var bytes: Int
    /// Events that were refused.
    public var refused: Int
    /// Events that are accepted and not stored yet.
    public var waiting: Int
    /// Bytes of their bodies and properties.
    public var waitingBytes: Int
}
