/// One MQTT control packet. The views in it are valid as long as the bytes that it was read from.
public enum Packet {
    case connect(ConnectPacket)
    case connack(isSessionPresent: Bool, ConnectReturnCode)
    case publish(PublishPacket)
    case puback(UInt16)
    case pubrec(UInt16)
    case pubrel(UInt16)
    case pubcomp(UInt16)
    case subscribe(SubscribePacket)
    /// One code a filter: 0, 1, 2, or 0x80 for a failure.
    case suback(UInt16, codes: UnsafeRawBufferPointer)
    case unsubscribe(UnsubscribePacket)
    case unsuback(UInt16)
    case pingreq
    case pingresp
    case disconnect
}
