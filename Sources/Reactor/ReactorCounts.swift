/// What a shard, or the whole reactor, has seen; for metrics.
public struct ReactorCounts: Sendable, Hashable {
    /// Connections that are open now, accepted and dialled.
    public var open = 0
    /// Connections accepted since the start, without the refused ones.
    public var accepted = 0
    /// Connections closed on arrival, because a limit was reached or the descriptors ran out.
    public var refused = 0
    /// Connections dialled since the start.
    public var dialled = 0
    /// Connections that were cut by a limit: output, kept input, slow reader, handshake.
    public var cut = 0

    public init() {}

    static func + (left: ReactorCounts, right: ReactorCounts) -> ReactorCounts {
        var sum = left
        sum.open += right.open
        sum.accepted += right.accepted
        sum.refused += right.refused
        sum.dialled += right.dialled
        sum.cut += right.cut
        return sum
    }
}
