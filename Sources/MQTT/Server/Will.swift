import Vocabulary

/// What a client wants said when its connection is lost: telemetry (mqtt.md section 2.5).
public struct Will: Sendable, Hashable {
    /// The property bag behind the topic of telemetry, unread.
    public let bag: [UInt8]
    public let payload: [UInt8]
    public let qos: QoS
    public let isRetained: Bool

    /// Throws where the topic is another, or the QoS is 2.
    init(_ message: PublishPacket, of identity: TwinID) throws(MQTTFailure) {
        guard message.qos != .exactlyOnce else { throw .willExactlyOnce }
        guard case .telemetry(let bag)? = try? ClientTopic(message.topic, of: identity) else { throw .willTopic }
        self.bag = Array(bag)
        payload = Array(message.payload)
        qos = message.qos
        isRetained = message.isRetained
    }
}
