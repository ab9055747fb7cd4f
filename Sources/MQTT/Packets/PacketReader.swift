/// Reads packets from a stream of bytes, both directions of MQTT 3.1.1. It holds no bytes: the caller offers again
/// what was not used, with what follows it.
public struct PacketReader: Sendable {
    /// Bytes that a packet may have behind its fixed header.
    public var limit: Int

    public init(limit: Int = MQTTLimits.standard.packetBytes) { self.limit = limit }

    /// The packet at the beginning of the bytes and how many bytes it has; nil where it is not there as a whole.
    ///
    /// What is wrong with a fixed header is thrown before the rest has arrived. Nothing is allocated.
    public func read(_ bytes: UnsafeRawBufferPointer) throws(MQTTFailure) -> (packet: Packet, count: Int)? {
        guard let first = bytes.first else { return nil }
        guard let type = PacketType(rawValue: first >> 4) else { throw .packetType }
        if type == .publish {
            guard first & 6 != 6 else { throw .qualityOfService }
            guard first & 0xE != 8 else { throw .duplicateAtMostOnce }
        } else if first != type.firstByte {
            throw .headerFlags
        }
        guard let (length, start) = try remainingLength(bytes) else { return nil }
        guard length <= limit else { throw .packetTooLong }
        try checkLength(length, of: type)
        guard bytes.count - start >= length else { return nil }
        let body = UnsafeRawBufferPointer(rebasing: bytes[start..<start + length])
        return (try packet(type, flags: first & 0xF, body), start + length)
    }

    /// Seven bits a byte, the lowest first (section 2.2.3); and where the rest begins.
    private func remainingLength(
        _ bytes: UnsafeRawBufferPointer
    ) throws(MQTTFailure) -> (length: Int, start: Int)? {
        var length = 0
        for index in 1...4 {
            guard index < bytes.count else { return nil }
            length |= Int(bytes[index] & 0x7F) << (7 * (index - 1))
            if bytes[index] < 0x80 { return (length, index + 1) }
        }
        throw .remainingLength
    }

    /// Types of one length are refused before anyone waits for what they should not have.
    private func checkLength(_ length: Int, of type: PacketType) throws(MQTTFailure) {
        switch type {
        case .connack, .puback, .pubrec, .pubrel, .pubcomp, .unsuback:
            guard length >= 2 else { throw .truncated }
            guard length <= 2 else { throw .trailingBytes }
        case .pingreq, .pingresp, .disconnect:
            guard length == 0 else { throw .trailingBytes }
        case .connect, .publish, .subscribe, .suback, .unsubscribe: break
        }
    }

    private func packet(
        _ type: PacketType, flags: UInt8, _ body: UnsafeRawBufferPointer
    ) throws(MQTTFailure) -> Packet {
        var fields = FieldCursor(body)
        switch type {
        case .connect: return .connect(try connect(&fields))
        case .connack: return try connack(&fields)
        case .publish: return .publish(try publish(flags, &fields))
        case .puback: return .puback(try fields.packetID())
        case .pubrec: return .pubrec(try fields.packetID())
        case .pubrel: return .pubrel(try fields.packetID())
        case .pubcomp: return .pubcomp(try fields.packetID())
        case .subscribe: return .subscribe(try subscribe(&fields))
        case .suback: return try suback(&fields)
        case .unsubscribe: return .unsubscribe(try unsubscribe(&fields))
        case .unsuback: return .unsuback(try fields.packetID())
        case .pingreq: return .pingreq
        case .pingresp: return .pingresp
        case .disconnect: return .disconnect
        }
    }

    private func publish(_ flags: UInt8, _ fields: inout FieldCursor) throws(MQTTFailure) -> PublishPacket {
        guard let qos = QoS(rawValue: flags >> 1 & 3) else { throw .qualityOfService }
        let topic = try fields.topic()
        let packetID = qos == .atMostOnce ? 0 : try fields.packetID()
        return PublishPacket(
            topic: topic, payload: fields.rest, qos: qos, packetID: packetID, isDuplicate: flags & 8 != 0,
            isRetained: flags & 1 != 0)
    }

    private func subscribe(_ fields: inout FieldCursor) throws(MQTTFailure) -> SubscribePacket {
        let packet = SubscribePacket(packetID: try fields.packetID(), payload: fields.rest)
        guard !fields.isAtEnd else { throw .filtersMissing }
        while !fields.isAtEnd {
            _ = try fields.topic()
            guard try fields.byte() <= QoS.exactlyOnce.rawValue else { throw .requestedQoS }
        }
        return packet
    }

    private func unsubscribe(_ fields: inout FieldCursor) throws(MQTTFailure) -> UnsubscribePacket {
        let packet = UnsubscribePacket(packetID: try fields.packetID(), payload: fields.rest)
        guard !fields.isAtEnd else { throw .filtersMissing }
        while !fields.isAtEnd { _ = try fields.topic() }
        return packet
    }

    private func connack(_ fields: inout FieldCursor) throws(MQTTFailure) -> Packet {
        let flags = try fields.byte()
        guard flags <= 1, let code = ConnectReturnCode(rawValue: try fields.byte()) else { throw .answerCode }
        // A refusal has no session [MQTT-3.2.2-4].
        guard flags == 0 || code == .accepted else { throw .answerCode }
        return .connack(isSessionPresent: flags == 1, code)
    }

    private func suback(_ fields: inout FieldCursor) throws(MQTTFailure) -> Packet {
        let packetID = try fields.packetID()
        let codes = fields.rest
        guard !codes.isEmpty else { throw .truncated }
        guard codes.allSatisfy({ $0 <= 2 || $0 == 0x80 }) else { throw .answerCode }
        return .suback(packetID, codes: codes)
    }
}
