import Vocabulary

/// Appends packets of MQTT 3.1.1 to bytes, both directions. Whoever calls keeps to the rules of the standard: fields of
/// at most 65,535 bytes, no packet id of 0.
public enum PacketWriter {
    public static func append(_ packet: ConnectPacket, to output: inout [UInt8]) {
        var flags = ConnectFlags()
        var length = 10 + 2 + packet.clientID.count
        if packet.isClean { flags.insert(.cleanSession) }
        if let will = packet.will {
            flags.insert([.will, ConnectFlags(rawValue: will.qos.rawValue << 3)])
            if will.isRetained { flags.insert(.willRetain) }
            length += 4 + will.topic.count + will.payload.count
        }
        if let userName = packet.userName {
            flags.insert(.userName)
            length += 2 + userName.count
        }
        if let password = packet.password {
            flags.insert(.password)
            length += 2 + password.count
        }
        appendHeader(PacketType.connect.firstByte, length, to: &output)
        output.append(contentsOf: [0, 4, 0x4D, 0x51, 0x54, 0x54, 4, flags.rawValue])
        append(packet.keepAlive, to: &output)
        appendField(packet.clientID, to: &output)
        if let will = packet.will {
            appendField(will.topic, to: &output)
            appendField(will.payload, to: &output)
        }
        if let userName = packet.userName { appendField(userName, to: &output) }
        if let password = packet.password { appendField(password, to: &output) }
    }

    /// A CONNACK; a refusal never claims a session [MQTT-3.2.2-4].
    public static func appendConnack(
        _ code: ConnectReturnCode, isSessionPresent: Bool = false, to output: inout [UInt8]
    ) {
        appendHeader(PacketType.connack.firstByte, 2, to: &output)
        output.append(isSessionPresent && code == .accepted ? 1 : 0)
        output.append(code.rawValue)
    }

    public static func append(_ packet: PublishPacket, to output: inout [UInt8]) {
        let length = 2 + packet.topic.count + (packet.qos == .atMostOnce ? 0 : 2) + packet.payload.count
        output.reserveCapacity(output.count + 5 + length)
        let flags = (packet.isDuplicate ? 8 : 0) | packet.qos.rawValue << 1 | (packet.isRetained ? 1 : 0)
        appendHeader(PacketType.publish.firstByte | flags, length, to: &output)
        appendField(packet.topic, to: &output)
        if packet.qos != .atMostOnce { append(packet.packetID, to: &output) }
        output.append(contentsOf: packet.payload)
    }

    public static func appendPuback(_ packetID: UInt16, to output: inout [UInt8]) {
        append(.puback, packetID, to: &output)
    }

    public static func appendPubrec(_ packetID: UInt16, to output: inout [UInt8]) {
        append(.pubrec, packetID, to: &output)
    }

    public static func appendPubrel(_ packetID: UInt16, to output: inout [UInt8]) {
        append(.pubrel, packetID, to: &output)
    }

    public static func appendPubcomp(_ packetID: UInt16, to output: inout [UInt8]) {
        append(.pubcomp, packetID, to: &output)
    }

    public static func appendSubscribe(
        _ packetID: UInt16, _ filters: [(filter: String, qos: QoS)], to output: inout [UInt8]
    ) {
        let length = filters.reduce(2) { $0 + 3 + $1.filter.utf8.count }
        appendHeader(PacketType.subscribe.firstByte, length, to: &output)
        append(packetID, to: &output)
        for (filter, qos) in filters {
            appendField(filter, to: &output)
            output.append(qos.rawValue)
        }
    }

    /// A SUBACK: for each filter the QoS granted, or nil for a failure.
    public static func appendSuback(_ packetID: UInt16, _ granted: [QoS?], to output: inout [UInt8]) {
        appendHeader(PacketType.suback.firstByte, 2 + granted.count, to: &output)
        append(packetID, to: &output)
        for qos in granted { output.append(qos?.rawValue ?? 0x80) }
    }

    public static func appendUnsubscribe(_ packetID: UInt16, _ filters: [String], to output: inout [UInt8]) {
        appendHeader(PacketType.unsubscribe.firstByte, filters.reduce(2) { $0 + 2 + $1.utf8.count }, to: &output)
        append(packetID, to: &output)
        for filter in filters { appendField(filter, to: &output) }
    }

    public static func appendUnsuback(_ packetID: UInt16, to output: inout [UInt8]) {
        append(.unsuback, packetID, to: &output)
    }

    public static func appendPingreq(to output: inout [UInt8]) {
        appendHeader(PacketType.pingreq.firstByte, 0, to: &output)
    }

    public static func appendPingresp(to output: inout [UInt8]) {
        appendHeader(PacketType.pingresp.firstByte, 0, to: &output)
    }

    public static func appendDisconnect(to output: inout [UInt8]) {
        appendHeader(PacketType.disconnect.firstByte, 0, to: &output)
    }

    // MARK: Parts

    static func appendHeader(_ first: UInt8, _ remainingLength: Int, to output: inout [UInt8]) {
        output.append(first)
        var rest = remainingLength
        while rest >= 0x80 {
            output.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        output.append(UInt8(truncatingIfNeeded: rest))
    }

    static func append(_ number: UInt16, to output: inout [UInt8]) {
        output.append(UInt8(truncatingIfNeeded: number >> 8))
        output.append(UInt8(truncatingIfNeeded: number))
    }

    private static func append(_ type: PacketType, _ packetID: UInt16, to output: inout [UInt8]) {
        appendHeader(type.firstByte, 2, to: &output)
        append(packetID, to: &output)
    }

    static func appendField(_ bytes: UnsafeRawBufferPointer, to output: inout [UInt8]) {
        append(UInt16(bytes.count), to: &output)
        output.append(contentsOf: bytes)
    }

    private static func appendField(_ text: String, to output: inout [UInt8]) {
        append(UInt16(text.utf8.count), to: &output)
        output.append(text)
    }
}
