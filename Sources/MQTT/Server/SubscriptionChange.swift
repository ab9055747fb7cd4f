/// What a SUBSCRIBE or an UNSUBSCRIBE did to a session.
public struct SubscriptionChange: Sendable {
    /// The SUBACK or UNSUBACK, for the owner to send: at once, or when the session has been made durable.
    public let answer: [UInt8]
    /// Whether the session's subscriptions are others than before.
    public let isChange: Bool
    /// The feeds that were not open before.
    public let opened: Feeds
    /// The feeds that are open no more.
    public let closed: Feeds
}
