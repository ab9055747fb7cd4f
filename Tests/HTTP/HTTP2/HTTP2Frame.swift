/// A frame, written and read by hand as RFC 9113 section 4.1 has it.
struct HTTP2Frame: Hashable {
    enum Kind {
        static let data: UInt8 = 0x0
        static let headers: UInt8 = 0x1
        static let priority: UInt8 = 0x2
        static let reset: UInt8 = 0x3
        static let settings: UInt8 = 0x4
        static let pushPromise: UInt8 = 0x5
        static let ping: UInt8 = 0x6
        static let goAway: UInt8 = 0x7
        static let windowUpdate: UInt8 = 0x8
        static let continuation: UInt8 = 0x9
    }

    enum Flag {
        static let none: UInt8 = 0
        static let ack: UInt8 = 0x1
        static let endStream: UInt8 = 0x1
        static let endHeaders: UInt8 = 0x4
        static let padded: UInt8 = 0x8
        static let whole: UInt8 = endStream | endHeaders
    }

    var kind: UInt8
    var flags: UInt8 = 0
    var stream: UInt32 = 0
    var payload: [UInt8] = []

    var bytes: [UInt8] {
        let count = UInt32(payload.count)
        return [UInt8(count >> 16 & 0xFF), UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF), kind, flags]
            + Self.word(stream) + payload
    }

    static func word(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(value >> (24 - 8 * UInt32($0)) & 0xFF) } }

    /// The 32-bit number at this place of the payload.
    func word(at index: Int) -> UInt32 { payload[index..<index + 4].reduce(0) { $0 << 8 | UInt32($1) } }

    /// The frames that the bytes are, all of them.
    static func all(in bytes: [UInt8]) -> [HTTP2Frame] {
        var frames: [HTTP2Frame] = []
        var rest = bytes[...]
        while rest.count >= 9 {
            let head = Array(rest.prefix(9))
            let count = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
            let stream = head[5...].reduce(0) { $0 << 8 | UInt32($1) }
            frames.append(
                HTTP2Frame(
                    kind: head[3], flags: head[4], stream: stream, payload: Array(rest.dropFirst(9).prefix(count))))
            rest = rest.dropFirst(9 + count)
        }
        return frames
    }

    // MARK: Frames of a client

    static func headers(_ stream: UInt32, _ fields: [(String, String)], ends: Bool = true) -> HTTP2Frame {
        HTTP2Frame(
            kind: Kind.headers, flags: Flag.endHeaders | (ends ? Flag.endStream : 0), stream: stream,
            payload: HPACKLiteral.block(fields))
    }

    static func get(_ stream: UInt32, _ path: String = "/", _ more: [(String, String)] = []) -> HTTP2Frame {
        headers(stream, HPACKLiteral.request("GET", path) + more)
    }

    static func post(_ stream: UInt32, _ more: [(String, String)] = []) -> HTTP2Frame {
        headers(stream, HPACKLiteral.request("POST", "/") + more, ends: false)
    }

    static func data(_ stream: UInt32, _ payload: [UInt8], ends: Bool = false) -> HTTP2Frame {
        HTTP2Frame(kind: Kind.data, flags: ends ? Flag.endStream : 0, stream: stream, payload: payload)
    }

    static func settings(_ entries: [(UInt16, UInt32)] = []) -> HTTP2Frame {
        HTTP2Frame(
            kind: Kind.settings,
            payload: entries.flatMap { [UInt8($0.0 >> 8), UInt8($0.0 & 0xFF)] + word($0.1) })
    }

    static func windowUpdate(_ stream: UInt32, _ increment: UInt32) -> HTTP2Frame {
        HTTP2Frame(kind: Kind.windowUpdate, stream: stream, payload: word(increment))
    }

    static func reset(_ stream: UInt32, _ code: UInt32 = 8) -> HTTP2Frame {
        HTTP2Frame(kind: Kind.reset, stream: stream, payload: word(code))
    }

    static func ping(_ flags: UInt8 = 0) -> HTTP2Frame {
        HTTP2Frame(kind: Kind.ping, flags: flags, payload: Array(repeating: 0, count: 8))
    }
}

/// Fields as HPACK literals that nobody has to remember (RFC 7541 section 6.2.2), without Huffman coding.
enum HPACKLiteral {
    static func block(_ fields: [(String, String)]) -> [UInt8] {
        fields.flatMap { [0] + string($0.0) + string($0.1) }
    }

    static func request(_ method: String, _ path: String) -> [(String, String)] {
        [(":method", method), (":scheme", "http"), (":path", path), (":authority", "localhost")]
    }

    /// Section 5.2 with the integers of section 5.1.
    private static func string(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        guard bytes.count >= 127 else { return [UInt8(bytes.count)] + bytes }
        var length: [UInt8] = [127]
        var rest = bytes.count - 127
        while rest >= 128 {
            length.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        return length + [UInt8(rest)] + bytes
    }
}
