/// What clients have done and met.
public struct ClientCounts: Hashable, Sendable {
    /// Times that a client became ready.
    public var connections = 0
    /// Of them, with a session that the server had kept.
    public var sessionsPresent = 0
    /// Connections that were lost or did not come to be.
    public var losses = 0
    /// CONNECTs that were refused.
    public var refusals = 0
    /// Messages sent at QoS 1, and those of them that the server has acknowledged.
    public var published = 0
    public var acknowledged = 0
    /// Messages that came, desired patches among them.
    public var received = 0
    /// Answers that were not what they should be.
    public var wrong = 0

    public init() {}

    public static func + (left: ClientCounts, right: ClientCounts) -> ClientCounts {
        var sum = left
        sum.connections += right.connections
        sum.sessionsPresent += right.sessionsPresent
        sum.losses += right.losses
        sum.refusals += right.refusals
        sum.published += right.published
        sum.acknowledged += right.acknowledged
        sum.received += right.received
        sum.wrong += right.wrong
        return sum
    }
}
