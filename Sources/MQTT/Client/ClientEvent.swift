/// What a packet of a server says to a client. Views are valid until the bytes go.
public enum ClientEvent {
    /// Nothing.
    case none
    case connected(isSessionPresent: Bool)
    /// The server closes the connection.
    case refused(ConnectReturnCode)
    /// A message; at QoS 1 it has been acknowledged, unless ``ClientConnection/acknowledgesByItself`` is false.
    case message(PublishPacket)
    /// The server has a message that was published at QoS 1.
    case published(UInt16)
    /// For each filter the QoS granted, or 0x80.
    case subscribed(UInt16, codes: UnsafeRawBufferPointer)
    case unsubscribed(UInt16)
}
