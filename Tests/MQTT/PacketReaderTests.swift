import TestSupport
import Testing

@testable import MQTT

@Suite struct PacketReaderTests {
    /// Client packets as paho-mqtt 2.2 writes them, server packets as mosquitto 2.0 does, and what neither sends.
    static let valid: [(bytes: [UInt8], form: String)] = [
        (
            hex(
                """
                10 67 00044d515454 04 c0 003c 00026431
                003b 6875622e6c6f63616c686f73742f64312f3f6170692d76657273696f6e3d323031392d31302d3031
                     26446576696365436c69656e74547970653d78
                001a 5368617265644163636573735369676e61747572652073723d61
                """),
            "CONNECT id=d1 keep=60 user=hub.localhost/d1/?api-version=2019-10-01&DeviceClientType=x"
                + " password=SharedAccessSignature sr=a"
        ),
        (
            hex(
                """
                10 60 00044d515454 04 ae 00f0 0004 64312f6d
                0028 646576696365732f64312f6d6f64756c65732f6d2f6d657373616765732f6576656e74732f613d62
                0004 676f6e65
                001e 682f64312f6d2f3f6170692d76657273696f6e3d323031392d31302d3031
                """),
            "CONNECT id=d1/m keep=240 clean will(q1 retain devices/d1/modules/m/messages/events/a=b gone)"
                + " user=h/d1/m/?api-version=2019-10-01"
        ),
        (hex("10 0e 00044d515454 04 00 0000 00026431"), "CONNECT id=d1 keep=0"),
        (hex("10 0c 00044d515454 04 02 0000 0000"), "CONNECT id= keep=0 clean"),
        (
            hex("10 13 00044d515454 04 16 0001 00026431 000174 0000"),
            "CONNECT id=d1 keep=1 clean will(q2 t )"
        ),
        (hex("20 02 00 00"), "CONNACK accepted"),
        (hex("20 02 01 00"), "CONNACK accepted present"),
        (hex("20 02 00 01"), "CONNACK unacceptableProtocolVersion"),
        (hex("20 02 00 02"), "CONNACK identifierRejected"),
        (hex("20 02 00 05"), "CONNACK notAuthorized"),
        (
            hex("30 1b 0018 24696f746875622f7477696e2f4745542f3f247269643d31 20"),
            "PUBLISH q0 $iothub/twin/GET/?$rid=1  "
        ),
        (
            hex("3b cb02 001b 646576696365732f64312f6d657373616765732f6576656e74732f 0201")
                + [UInt8](repeating: 0x78, count: 300),
            "PUBLISH q1 id=513 dup retain devices/d1/messages/events/ " + String(repeating: "x", count: 300)
        ),
        (hex("34 05 000174 0007"), "PUBLISH q2 id=7 t "),
        (hex("30 03 000174"), "PUBLISH q0 t "),
        (hex("40 02 ffff"), "PUBACK 65535"),
        (hex("50 02 0001"), "PUBREC 1"),
        (hex("62 02 0102"), "PUBREL 258"),
        (hex("70 02 0003"), "PUBCOMP 3"),
        (
            hex(
                """
                82 3b 0001 0021 646576696365732f64312f6d657373616765732f646576696365626f756e642f23 01
                0012 24696f746875622f7477696e2f7265732f23 00
                """),
            "SUBSCRIBE 1 devices/d1/messages/devicebound/#:1 $iothub/twin/res/#:0"
        ),
        (hex("90 03 0001 01"), "SUBACK 1 [1]"),
        (hex("90 06 0100 00010280"), "SUBACK 256 [0, 1, 2, 128]"),
        (
            hex("a2 19 0001 0012 24696f746875622f7477696e2f7265732f23 000161"),
            "UNSUBSCRIBE 1 $iothub/twin/res/# a"
        ),
        (hex("b0 02 0002"), "UNSUBACK 2"),
        (hex("c0 00"), "PINGREQ"),
        (hex("d0 00"), "PINGRESP"),
        (hex("e0 00"), "DISCONNECT"),
    ]

    @Test("Packets of both sides are read, to their last byte and no further", arguments: valid)
    func reads(_ sample: (bytes: [UInt8], form: String)) throws {
        let read = try #require(try firstForm(of: sample.bytes + [0xC0, 0x00, 0xFF]))
        #expect(read == (sample.form, sample.bytes.count))
    }

    @Test("A packet that is read and written again has the same bytes", arguments: valid)
    func roundTrips(_ sample: (bytes: [UInt8], form: String)) throws {
        let written = try sample.bytes.withUnsafeBytes { try PacketReader().read($0)?.packet.bytes }
        #expect(written == sample.bytes)
    }

    @Test("No part of a packet is a packet, and none is refused", arguments: valid)
    func waits(_ sample: (bytes: [UInt8], form: String)) throws {
        for count in 0..<sample.bytes.count {
            let read = try firstForm(of: Array(sample.bytes[..<count]))
            #expect(read == nil)
        }
    }

    @Test("However a stream is cut into pieces, the same packets come out")
    func splitInvariance() throws {
        let stream = Self.valid.flatMap(\.bytes)
        let whole = try forms(of: stream).0
        #expect(whole == Self.valid.map(\.form))
        var random = SeededRandom(seed: 4)
        for _ in 0..<50 {
            var kept: [UInt8] = []
            var pieces: [String] = []
            var position = 0
            while position < stream.count {
                let end = min(stream.count, position + Int.random(in: 1...40, using: &random))
                kept += stream[position..<end]
                position = end
                let (read, used) = try forms(of: kept)
                pieces += read
                kept.removeFirst(used)
            }
            #expect(pieces == whole)
            #expect(kept.isEmpty)
        }
    }

    private static let name = field("MQTT")
    private static let id: [UInt8] = [0, 1]

    static let refused: [(bytes: [UInt8], failure: MQTTFailure)] = [
        // Fixed header.
        ([0x00, 0], .packetType), ([0xF0, 0], .packetType), ([0x0F], .packetType), ([0x11], .headerFlags),
        ([0x21], .headerFlags), ([0x42], .headerFlags), ([0x51], .headerFlags), ([0x60], .headerFlags),
        ([0x63], .headerFlags), ([0x78], .headerFlags), ([0x80], .headerFlags), ([0x8A], .headerFlags),
        ([0x91], .headerFlags), ([0xA0], .headerFlags), ([0xB2], .headerFlags), ([0xC1], .headerFlags),
        ([0xD4], .headerFlags), ([0xE8], .headerFlags), ([0x36], .qualityOfService), ([0x3E], .qualityOfService),
        ([0x37], .qualityOfService), ([0x38], .duplicateAtMostOnce), ([0x39], .duplicateAtMostOnce),
        ([0x30, 0x80, 0x80, 0x80, 0x80], .remainingLength), ([0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], .remainingLength),
        ([0x30, 0xFF, 0xFF, 0xFF, 0x7F], .packetTooLong),
        // Packets of one length, refused before the rest is there.
        ([0x40, 0], .truncated), ([0x40, 1], .truncated), ([0x40, 3], .trailingBytes), ([0x20, 1], .truncated),
        ([0x20, 3], .trailingBytes), ([0x62, 3], .trailingBytes), ([0xB0, 3], .trailingBytes),
        ([0xC0, 1], .trailingBytes), ([0xD0, 1], .trailingBytes), ([0xE0, 2], .trailingBytes),
        // PUBLISH.
        (frame(0x30), .truncated), (frame(0x30, [0]), .truncated), (frame(0x30, [0, 0]), .topicEmpty),
        (frame(0x30, [0, 2, 0x61]), .truncated), (frame(0x32, field("t")), .truncated),
        (frame(0x32, field("t"), [0]), .truncated), (frame(0x32, field("t"), [0, 0]), .packetIDZero),
        (frame(0x30, field([0x61, 0])), .text), (frame(0x30, field([0xC0, 0x80])), .text),
        (frame(0x30, field([0xED, 0xA0, 0x80])), .text), (frame(0x30, field([0xFF])), .text),
        // Acknowledgements.
        (frame(0x40, [0, 0]), .packetIDZero), (frame(0x50, [0, 0]), .packetIDZero),
        (frame(0x62, [0, 0]), .packetIDZero), (frame(0x70, [0, 0]), .packetIDZero),
        (frame(0xB0, [0, 0]), .packetIDZero), (frame(0x90, [0, 0, 1]), .packetIDZero),
        (frame(0x90, id), .truncated), (frame(0x90, id, [3]), .answerCode), (frame(0x90, id, [0x81]), .answerCode),
        (frame(0x20, [2, 0]), .answerCode), (frame(0x20, [0, 6]), .answerCode), (frame(0x20, [1, 5]), .answerCode),
        // SUBSCRIBE and UNSUBSCRIBE.
        (frame(0x82), .truncated), (frame(0x82, id), .filtersMissing), (frame(0x82, [0, 0]), .packetIDZero),
        (frame(0x82, [0, 0], field("a"), [0]), .packetIDZero), (frame(0x82, id, field("a")), .truncated),
        (frame(0x82, id, field(""), [0]), .topicEmpty), (frame(0x82, id, field("a"), [3]), .requestedQoS),
        (frame(0x82, id, field("a"), [4]), .requestedQoS), (frame(0x82, id, field("a"), [0x81]), .requestedQoS),
        (frame(0x82, id, field("a"), [1], field("b")), .truncated), (frame(0x82, id, field("a\0"), [1]), .text),
        (frame(0xA2, id), .filtersMissing), (frame(0xA2, [0, 0], field("a")), .packetIDZero),
        (frame(0xA2, id, field("")), .topicEmpty), (frame(0xA2, id, field("a"), [0]), .truncated),
        (frame(0xA2, id, field([0xC3])), .text),
        // CONNECT.
        (frame(0x10), .truncated), (frame(0x10, field("MQTT")), .truncated),
        (frame(0x10, field("MQIsdp"), [3, 2, 0, 0], field("a")), .protocolName),
        (frame(0x10, field("mqtt"), [4, 2, 0, 0], field("a")), .protocolName),
        (frame(0x10, field(""), [4, 2, 0, 0], field("a")), .protocolName),
        (frame(0x10, name, [3, 2, 0, 0], field("a")), .protocolLevel),
        (frame(0x10, name, [5, 2, 0, 0, 0], field("a")), .protocolLevel),
        (frame(0x10, name, [0x84, 2, 0, 0], field("a")), .protocolLevel),
        (frame(0x10, name, [4, 3, 0, 0], field("a")), .connectFlagReserved),
        (frame(0x10, name, [4, 0x0A, 0, 0], field("a")), .willFlags),
        (frame(0x10, name, [4, 0x12, 0, 0], field("a")), .willFlags),
        (frame(0x10, name, [4, 0x22, 0, 0], field("a")), .willFlags),
        (frame(0x10, name, [4, 0x1E, 0, 0], field("a"), field("t"), field("")), .willFlags),
        (frame(0x10, name, [4, 0x42, 0, 0], field("a"), field("p")), .passwordWithoutUserName),
        (frame(0x10, name, [4, 2, 0]), .truncated), (frame(0x10, name, [4, 2, 0, 0]), .truncated),
        (frame(0x10, name, [4, 2, 0, 0], field("a\0")), .text),
        (frame(0x10, name, [4, 2, 0, 0], field([0xED, 0xBF, 0xBF])), .text),
        (frame(0x10, name, [4, 6, 0, 0], field("a"), field(""), field("")), .topicEmpty),
        (frame(0x10, name, [4, 6, 0, 0], field("a"), field("t")), .truncated),
        (frame(0x10, name, [4, 0x82, 0, 0], field("a")), .truncated),
        (frame(0x10, name, [4, 0x82, 0, 0], field("a"), field([0xF5, 0x80, 0x80, 0x80])), .text),
        (frame(0x10, name, [4, 0xC2, 0, 0], field("a"), field("u")), .truncated),
        (frame(0x10, name, [4, 2, 0, 0], field("a"), [0]), .trailingBytes),
        (frame(0x10, name, [4, 0x82, 0, 0], field("a"), field("u"), field("p")), .trailingBytes),
    ]

    @Test("What the standard forbids is refused by name", arguments: refused)
    func refuses(_ sample: (bytes: [UInt8], failure: MQTTFailure)) {
        #expect(throws: sample.failure) { try firstForm(of: sample.bytes) }
    }

    @Test("Only another protocol, by name or level, and an empty client id are answered before the connection closes")
    func answers() {
        let otherProtocol: Set<MQTTFailure> = [.protocolName, .protocolLevel]
        for failure in otherProtocol { #expect(failure.answer == .unacceptableProtocolVersion) }
        #expect(MQTTFailure.clientIDEmpty.answer == .identifierRejected)
        for (_, failure) in Self.refused where !otherProtocol.contains(failure) { #expect(failure.answer == nil) }
    }

    @Test("A remaining length has seven bits a byte and need not be the shortest")
    func remainingLengths() throws {
        for count in [0, 1, 124, 125, 126, 16_380, 16_381, 16_382, 200_000] {
            let payload = [UInt8](repeating: 0x78, count: count)
            let bytes = frame(0x30, field("t"), payload)
            let read = try #require(try firstForm(of: bytes))
            #expect(read.1 == bytes.count)
            #expect(read.0.utf8.count == "PUBLISH q0 t ".utf8.count + count)
        }
        #expect(try #require(try firstForm(of: [0xC0, 0x80, 0x80, 0x00])) == ("PINGREQ", 4))
    }

    @Test("A packet past the limit is refused before it arrives, one at the limit is read")
    func limits() throws {
        let limit = PacketReader(limit: 200)
        #expect(throws: MQTTFailure.packetTooLong) { try firstForm(of: [0x30, 0xC9, 0x01], limit) }
        let bytes = frame(0x30, field("t"), [UInt8](repeating: 0x78, count: 197))
        #expect(bytes.count == 203)
        #expect(try firstForm(of: bytes, limit)?.1 == 203)
        let standard = MQTTLimits.standard
        #expect(standard.packetBytes >= 2 + MQTTLimits.fieldBytes + 2 + MQTTLimits.messageBytes)
    }

    @Test("A mark of byte order in a text is a character like others")
    func keepsByteOrderMark() throws {
        let form = try firstForm(of: frame(0x30, field([0xEF, 0xBB, 0xBF, 0x61])))?.0
        #expect(form == "PUBLISH q0 \u{FEFF}a ")
    }
}
