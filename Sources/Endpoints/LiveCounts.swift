import Synchronization

/// Counts over all shards of what goes on at this moment, for `/metrics`.
public final class LiveCounts: Sendable {
    /// Clients that wait for desired properties, by long poll or stream.
    public let waits = Atomic<Int>(0)
    /// Readers of changes and events.
    public let readers = Atomic<Int>(0)
    /// Connections that speak HTTP/2.
    public let http2Connections = Atomic<Int>(0)
    /// Requests on them that are not over.
    public let http2Streams = Atomic<Int>(0)

    public init() {}
}
