/// A PUBLISH (MQTT 3.1.1 section 3.3), or the message of a Will. The views are valid as long as the bytes it was read
/// from.
public struct PublishPacket {
    /// UTF-8 without U+0000. May hold `+` and `#`: ids may, so that only who knows the id can judge them.
    public var topic: UnsafeRawBufferPointer
    public var payload: UnsafeRawBufferPointer
    /// 2 is refused by the hub (mqtt.md section 6).
    public var qos: QoS
    /// 0 at QoS 0.
    public var packetID: UInt16
    public var isDuplicate: Bool
    public var isRetained: Bool

    public init(
        topic: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer, qos: QoS = .atMostOnce, packetID: UInt16 = 0,
        isDuplicate: Bool = false, isRetained: Bool = false
    ) {
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.packetID = packetID
        self.isDuplicate = isDuplicate
        self.isRetained = isRetained
    }
}
