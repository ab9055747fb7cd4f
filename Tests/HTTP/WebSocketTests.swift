import Testing

@testable import HTTP

@Suite struct WebSocketTests {
    /// What a reader makes of bytes: pieces of data joined, and everything else in order.
    private struct Heard: Equatable {
        var data: [UInt8] = []
        var pings: [[UInt8]] = []
        var pongs = 0
        var closes: [UInt16?] = []
    }

    private static func read(
        _ bytes: [UInt8], as role: WebSocketReader.Role = .server, limit: Int = 1 << 20, pieces: Int = .max
    ) throws(WebSocketFailure) -> Heard {
        var reader = WebSocketReader(role: role, limit: limit)
        var heard = Heard()
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = Array(rest.prefix(pieces))
            rest = rest.dropFirst(pieces)
            let outcome = piece.withUnsafeBytes { piece in
                Result { () throws(WebSocketFailure) in
                    try reader.receive(piece) { event in
                        switch event {
                        case .data(let data): heard.data.append(contentsOf: data)
                        case .ping(let payload): heard.pings.append(payload)
                        case .pong: heard.pongs += 1
                        case .close(let code): heard.closes.append(code)
                        }
                    }
                }
            }
            try outcome.get()
        }
        return heard
    }

    @Test func `The handshake's example of RFC 6455 section 1.3 is answered as there`() {
        #expect(WebSocketHandshake.accept("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    @Test func `The examples of section 5.7 are read`() throws {
        // "Hello", masked with 37 fa 21 3d, as the section's second example has it, with the opcode for binary.
        let hello: [UInt8] = [0x82, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]
        #expect(try Self.read(hello).data == Array("Hello".utf8))
        // Unmasked in two fragments, as a client reads it.
        let fragments: [UInt8] = [0x02, 0x03, 0x48, 0x65, 0x6C, 0x80, 0x02, 0x6C, 0x6F]
        #expect(try Self.read(fragments, as: .client).data == Array("Hello".utf8))
        let ping: [UInt8] = [0x89, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F]
        #expect(try Self.read(ping, as: .client).pings == [Array("Hello".utf8)])
        let pong: [UInt8] = [0x8A, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]
        #expect(try Self.read(pong).pongs == 1)
    }

    @Test func `Lengths are written in their shortest form, as section 5.7 shows`() {
        func head(_ count: Int) -> [UInt8] {
            var output: [UInt8] = []
            [UInt8](repeating: 7, count: count).withUnsafeBytes { WebSocketWriter.appendBinary($0, to: &output) }
            return Array(output.prefix(output.count - count))
        }
        #expect(head(125) == [0x82, 125])
        #expect(head(256) == [0x82, 0x7E, 0x01, 0x00])
        #expect(head(65536) == [0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0])
    }

    @Test(arguments: [0, 1, 125, 126, 127, 65535, 65536, 70000])
    func `What one side writes the other reads, in pieces of any size`(_ count: Int) throws {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        for mask in [nil, 0x1234_5678] as [UInt32?] {
            var bytes: [UInt8] = []
            payload.withUnsafeBytes { WebSocketWriter.appendBinary($0, mask: mask, to: &bytes) }
            WebSocketWriter.appendPing([1, 2, 3], mask: mask, to: &bytes)
            WebSocketWriter.appendClose(1000, mask: mask, to: &bytes)
            let role: WebSocketReader.Role = mask == nil ? .client : .server
            for pieces in [1, 3, 1000, .max] {
                let heard = try Self.read(bytes, as: role, pieces: pieces)
                #expect(heard == Heard(data: payload, pings: [[1, 2, 3]], pongs: 0, closes: [1000]))
            }
        }
    }

    @Test func `Control frames come between fragments`() throws {
        let bytes: [UInt8] = [0x02, 0x01, 0x41, 0x89, 0x00, 0x00, 0x01, 0x42, 0x80, 0x01, 0x43]
        let heard = try Self.read(bytes, as: .client)
        #expect(heard.data == Array("ABC".utf8) && heard.pings == [[]])
    }

    @Test func `Nothing behind a Close counts`() throws {
        let heard = try Self.read([0x88, 0x00, 0xFF, 0xFF, 0xFF], as: .client)
        #expect(heard.closes == [nil])
    }

    struct Refused: Sendable {
        let name: String
        let bytes: [UInt8]
        let failure: WebSocketFailure
    }

    static let refused: [Refused] = [
        Refused(name: "reserved bit", bytes: [0xC2, 0x80], failure: .protocolError(.reservedBits)),
        Refused(name: "unknown opcode", bytes: [0x83, 0x80], failure: .protocolError(.opcode)),
        Refused(name: "unknown control", bytes: [0x8B, 0x80], failure: .protocolError(.opcode)),
        Refused(name: "not masked", bytes: [0x82, 0x00], failure: .protocolError(.notMasked)),
        Refused(name: "text", bytes: [0x81, 0x80], failure: .unsupportedData),
        Refused(name: "fragmented ping", bytes: [0x09, 0x80], failure: .protocolError(.fragmentedControl)),
        Refused(name: "long ping", bytes: [0x89, 0xFE, 0, 126], failure: .protocolError(.longControl)),
        Refused(name: "continuation of nothing", bytes: [0x80, 0x80], failure: .protocolError(.nothingToContinue)),
        Refused(
            name: "a message in a message", bytes: [0x02, 0x80, 0, 0, 0, 0, 0x82, 0x80],
            failure: .protocolError(.messageUnfinished)),
        Refused(name: "125 in two bytes", bytes: [0x82, 0xFE, 0, 125], failure: .protocolError(.length)),
        Refused(
            name: "65535 in eight bytes", bytes: [0x82, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF],
            failure: .protocolError(.length)),
        Refused(
            name: "highest bit", bytes: [0x82, 0xFF, 0x80, 0, 0, 0, 0, 1, 0, 0], failure: .protocolError(.length)),
        Refused(name: "too big", bytes: [0x82, 0xFF, 0, 0, 0, 0, 0, 0x10, 0, 1], failure: .messageTooBig),
        Refused(
            name: "half a code", bytes: [0x88, 0x81, 0, 0, 0, 0, 3], failure: .protocolError(.closeCode)),
        Refused(
            name: "a code that is never sent", bytes: [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xED],
            failure: .protocolError(.closeCode)),
    ]

    @Test(arguments: refused)
    func `What the standard forbids is refused with its code`(_ one: Refused) {
        for pieces in [1, .max] {
            #expect(throws: one.failure, "\(one.name)") { try Self.read(one.bytes, pieces: pieces) }
        }
    }

    @Test func `A client refuses a masked frame`() {
        #expect(throws: WebSocketFailure.protocolError(.masked)) {
            try Self.read([0x82, 0x80, 0, 0, 0, 0], as: .client)
        }
    }

    @Test func `Failures name the codes of section 7.4`() {
        #expect(WebSocketFailure.protocolError(.opcode).code == 1002)
        #expect(WebSocketFailure.unsupportedData.code == 1003)
        #expect(WebSocketFailure.messageTooBig.code == 1009)
    }
}
