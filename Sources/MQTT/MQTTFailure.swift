/// Why a connection cannot go on. MQTT 3.1.1 has no words for it: the connection is closed, after a CONNACK where
/// ``answer`` has one.
public enum MQTTFailure: Error, Hashable, Sendable {
    // What a packet is made of.
    /// Packet types 0 and 15 are reserved.
    case packetType
    /// The flags beside the type are not those of the type [MQTT-2.2.2-2].
    case headerFlags
    /// A remaining length of more than four bytes.
    case remainingLength
    /// A packet longer than the limits allow.
    case packetTooLong
    /// A field that reaches beyond its packet.
    case truncated
    /// Bytes of a packet behind its last field.
    case trailingBytes
    /// Text that is not UTF-8, or holds U+0000 [MQTT-1.5.3-1, MQTT-1.5.3-2].
    case text
    /// A packet identifier of 0 [MQTT-2.3.1-1].
    case packetIDZero
    /// QoS 3 [MQTT-3.3.1-4].
    case qualityOfService
    /// DUP on a message that is not repeated ever [MQTT-3.3.1-2].
    case duplicateAtMostOnce
    /// A topic name or filter of no characters [MQTT-4.7.3-1].
    case topicEmpty
    /// A SUBSCRIBE or UNSUBSCRIBE without filters [MQTT-3.8.3-3, MQTT-3.10.3-2].
    case filtersMissing
    /// A requested QoS with reserved bits, or 3 [MQTT-3-8.3-4].
    case requestedQoS
    /// A CONNACK or SUBACK with a code or flag that does not exist.
    case answerCode

    // CONNECT.
    /// A protocol name other than `MQTT` [MQTT-3.1.2-1].
    case protocolName
    /// A protocol level other than 4 [MQTT-3.1.2-2].
    case protocolLevel
    /// The reserved connect flag is set [MQTT-3.1.2-3].
    case connectFlagReserved
    /// Will QoS or Will Retain without a Will, or Will QoS 3 [MQTT-3.1.2-13...15].
    case willFlags
    /// A password without a user name [MQTT-3.1.2-22].
    case passwordWithoutUserName
    /// A client identifier of no characters, which names no device [MQTT-3.1.3-8].
    case clientIDEmpty
    /// A Will with QoS 2, which IoT Hub does not speak.
    case willExactlyOnce
    /// A Will with another topic than that of the client's own telemetry (mqtt.md section 2.5).
    case willTopic
    /// No user name, or one that is not IoT Hub's.
    case userName
    /// A client identifier that is not the identity in the user name.
    case clientIDForeign

    // The order of packets.
    /// The first packet is not a CONNECT [MQTT-3.1.0-1].
    case connectMissing
    /// A second CONNECT [MQTT-3.1.0-2].
    case connectRepeated
    /// A packet that only the other side may send, or one of QoS 2's.
    case packetUnexpected
    /// A message with QoS 2, which closes the connection (mqtt.md section 6).
    case exactlyOnce
    /// A PUBACK, SUBACK or UNSUBACK for which there is nothing to acknowledge; only clients are this strict.
    case acknowledgementUnknown

    // Topics.
    /// A topic that means nothing to the hub (mqtt.md section 6).
    case topicUnknown
    /// A topic of another device or module.
    case topicForeign
    /// A wildcard in a topic name, outside the identity's own ids [MQTT-3.3.2-2].
    case topicWildcard
    /// A twin read or a method's answer that names no request.
    case requestIDMissing
    /// A number in a topic that is none.
    case topicNumber

    /// What a CONNACK says before the connection is closed; nil where it is closed without a word.
    public var answer: ConnectReturnCode? {
        switch self {
        // Also where the name is another, as MQTT 3.1's is (mqtt.md section 1).
        case .protocolName, .protocolLevel: .unacceptableProtocolVersion
        case .clientIDEmpty: .identifierRejected
        // Like bad credentials (mqtt.md section 2.2).
        case .userName, .clientIDForeign: .notAuthorized
        default: nil
        }
    }
}
