/// A filter and the QoS that was granted for it.
public struct Subscription: Hashable, Sendable {
    public let filter: TopicFilter
    /// At most ``QoS/atLeastOnce``.
    public let qos: QoS
}
