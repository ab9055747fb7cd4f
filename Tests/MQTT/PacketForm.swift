@testable import MQTT

extension Packet {
    /// Everything in the packet, in words that can be compared.
    var form: String {
        switch self {
        case .connect(let packet):
            var words = ["CONNECT", "id=\(string(packet.clientID))", "keep=\(packet.keepAlive)"]
            if packet.isClean { words.append("clean") }
            if let will = packet.will { words.append("will(\(will.form))") }
            if let userName = packet.userName { words.append("user=\(string(userName))") }
            if let password = packet.password { words.append("password=\(string(password))") }
            return words.joined(separator: " ")
        case .connack(let isSessionPresent, let code): return "CONNACK \(code)\(isSessionPresent ? " present" : "")"
        case .publish(let packet): return "PUBLISH \(packet.form)"
        case .puback(let id): return "PUBACK \(id)"
        case .pubrec(let id): return "PUBREC \(id)"
        case .pubrel(let id): return "PUBREL \(id)"
        case .pubcomp(let id): return "PUBCOMP \(id)"
        case .subscribe(let packet):
            return "SUBSCRIBE \(packet.packetID)" + packet.map { " \(string($0.filter)):\($0.qos.rawValue)" }.joined()
        case .suback(let id, let codes): return "SUBACK \(id) \(Array(codes))"
        case .unsubscribe(let packet):
            return "UNSUBSCRIBE \(packet.packetID)" + packet.map { " \(string($0))" }.joined()
        case .unsuback(let id): return "UNSUBACK \(id)"
        case .pingreq: return "PINGREQ"
        case .pingresp: return "PINGRESP"
        case .disconnect: return "DISCONNECT"
        }
    }

    /// The packet written again.
    var bytes: [UInt8] {
        var output: [UInt8] = []
        switch self {
        case .connect(let packet): PacketWriter.append(packet, to: &output)
        case .connack(let isSessionPresent, let code):
            PacketWriter.appendConnack(code, isSessionPresent: isSessionPresent, to: &output)
        case .publish(let packet): PacketWriter.append(packet, to: &output)
        case .puback(let id): PacketWriter.appendPuback(id, to: &output)
        case .pubrec(let id): PacketWriter.appendPubrec(id, to: &output)
        case .pubrel(let id): PacketWriter.appendPubrel(id, to: &output)
        case .pubcomp(let id): PacketWriter.appendPubcomp(id, to: &output)
        case .subscribe(let packet):
            let filters = packet.map { (filter: string($0.filter), qos: $0.qos) }
            PacketWriter.appendSubscribe(packet.packetID, filters, to: &output)
        case .suback(let id, let codes):
            PacketWriter.appendSuback(id, codes.map { QoS(rawValue: $0) }, to: &output)
        case .unsubscribe(let packet):
            PacketWriter.appendUnsubscribe(packet.packetID, packet.map(string), to: &output)
        case .unsuback(let id): PacketWriter.appendUnsuback(id, to: &output)
        case .pingreq: PacketWriter.appendPingreq(to: &output)
        case .pingresp: PacketWriter.appendPingresp(to: &output)
        case .disconnect: PacketWriter.appendDisconnect(to: &output)
        }
        return output
    }
}

extension PublishPacket {
    fileprivate var form: String {
        var words = ["q\(qos.rawValue)"]
        if packetID != 0 { words.append("id=\(packetID)") }
        if isDuplicate { words.append("dup") }
        if isRetained { words.append("retain") }
        return (words + ["\(string(topic)) \(string(payload))"]).joined(separator: " ")
    }
}

/// The forms of all the packets at the beginning of a stream, and how many bytes they have.
func forms(of bytes: [UInt8], _ reader: PacketReader = PacketReader()) throws(MQTTFailure) -> ([String], Int) {
    var forms: [String] = []
    var position = 0
    while let (form, count) = try firstForm(of: Array(bytes[position...]), reader) {
        forms.append(form)
        position += count
    }
    return (forms, position)
}

func firstForm(of bytes: [UInt8], _ reader: PacketReader = PacketReader()) throws(MQTTFailure) -> (String, Int)? {
    let result = bytes.withUnsafeBytes { bytes in
        Result<(String, Int)?, MQTTFailure> { () throws(MQTTFailure) in
            try reader.read(bytes).map { ($0.packet.form, $0.count) }
        }
    }
    return try result.get()
}
