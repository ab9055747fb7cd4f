/// What the agents of a run have done and met.
public struct AgentCounts: Hashable, Sendable {
    /// Agents that are connected now.
    public var connected = 0
    /// Changes of their twins that agents have been told.
    public var told = 0
    /// Reports that the hub has taken.
    public var reported = 0
    /// Configurations that agents have refused.
    public var refused = 0
    public var messages = 0
    public var events = 0
    /// Of the messages, those that the hub has acknowledged.
    public var acknowledged = 0
    /// Agents that report, and have not yet reported the newest version that they were told, or were told none.
    public var missing = 0
    public var losses = 0

    public init() {}

    public static func + (left: AgentCounts, right: AgentCounts) -> AgentCounts {
        var sum = left
        sum.connected += right.connected
        sum.told += right.told
        sum.reported += right.reported
        sum.refused += right.refused
        sum.messages += right.messages
        sum.events += right.events
        sum.acknowledged += right.acknowledged
        sum.missing += right.missing
        sum.losses += right.losses
        return sum
    }
}
