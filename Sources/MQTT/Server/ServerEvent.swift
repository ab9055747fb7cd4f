/// What a packet of a client asks of the owner of its connection. Views are valid until the bytes go.
public enum ServerEvent {
    /// Nothing.
    case none
    /// To be judged, and answered by ``ServerConnection/accept(_:now:into:)`` or
    /// ``ServerConnection/refuse(_:into:)``. Until then nothing more is read.
    case connect(ConnectRequest)
    /// A message, a twin operation or a method's response. With a ticket it is at QoS 1 and wants
    /// ``ServerConnection/acknowledge(_:into:)`` as soon as it is safe with the owner.
    case publish(ClientTopic, PublishPacket, PublishTicket?)
    /// The change's answer is to be sent.
    case subscriptions(SubscriptionChange)
    /// A message given to ``ServerConnection/deliver(_:token:feed:named:into:)`` has arrived.
    case delivered(token: UInt64)
    /// The client has said good-bye; nothing more is read, and the connection is to be closed.
    case disconnect
}
