/// An answer of a feed.
public enum LogPage<Entry: Sendable>: Sendable {
    /// Consecutive entries, oldest first; empty where there is nothing newer.
    case events([Entry])
    /// Ask the log.
    case notInMemory
    /// The log no longer holds what was asked for.
    case compactedAway(oldest: UInt64)
    /// The log could not be read; the reason.
    case unreadable(String)
}
