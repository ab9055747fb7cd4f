/// What became of a message for a client.
public enum ServerDelivery: Hashable, Sendable {
    /// The client has not subscribed to it.
    case unwanted
    /// On its way at QoS 0; nothing more will be heard of it.
    case sent
    /// On its way at QoS 1, or waiting to be: ``ServerEvent/delivered(token:)`` follows, over this connection or another
    /// of the session.
    case pending
    /// Too many wait already.
    case full
}
