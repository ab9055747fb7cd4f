import Vocabulary

/// The client's side of HTTP/1.1: turns the bytes of one connection into responses, each whole or piece by piece.
///
/// For the command line and the load generator, which talk to TwinHub, and for webhooks, which talk to whom their owner
/// names: it takes what a correct server sends and refuses the rest. It trusts nobody: it holds no bytes of its own, and a head
/// or a line that does not end is refused, so that what waits for its end is bounded.
public struct HTTP1ResponseReader {
    public struct Head: Sendable {
        public var status: Int
        /// Names in lower case.
        public var fields: [(name: String, value: String)]

        public subscript(_ name: String) -> String? { fields.first { $0.name == name }?.value }
    }

    public enum Event {
        case head(Head)
        /// A piece of the body; valid until the callback returns.
        case body(UnsafeRawBufferPointer)
        case end
    }

    /// The peer did not speak HTTP/1.1, or a head or a line between chunks was longer than `maximumHeadBytes`.
    public struct Malformed: Error, CustomStringConvertible {
        public let description: String
    }

    public static let maximumHeadBytes = 64 << 10

    private enum State {
        case head
        case length(Int)
        case chunkSize
        case chunk(Int)
        case chunkEnd
        case trailers
        case untilClose
    }

    private var state = State.head
    /// Whether the request that is answered next was a HEAD, whose answer has no body.
    public var expectsNoBody = false

    public init() {}

    /// Takes what it can of the bytes and calls back for each event; answers how many bytes are done with.
    public mutating func receive(_ bytes: UnsafeRawBufferPointer, _ event: (Event) -> Void) throws(Malformed) -> Int {
        var offset = 0
        while offset < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
            let used = try step(rest, event)
            if used == 0 { return offset }
            offset += used
        }
        return offset
    }

    /// The peer has closed: a body that has no other end is complete.
    public mutating func finish(_ event: (Event) -> Void) {
        if case .untilClose = state { end(event) }
    }

    private mutating func step(_ bytes: UnsafeRawBufferPointer, _ event: (Event) -> Void) throws(Malformed) -> Int {
        switch state {
        case .head:
            guard let length = Self.headLength(bytes) else {
                guard bytes.count < Self.maximumHeadBytes else {
                    throw Malformed(description: "the answer's head is too long")
                }
                return 0
            }
            try begin(String(decoding: bytes[..<length], as: UTF8.self), event)
            return length
        case .length(let left), .chunk(let left):
            let count = min(left, bytes.count)
            event(.body(UnsafeRawBufferPointer(rebasing: bytes[..<count])))
            if case .chunk = state {
                state = count == left ? .chunkEnd : .chunk(left - count)
            } else if count == left {
                end(event)
            } else {
                state = .length(left - count)
            }
            return count
        case .chunkSize:
            guard let line = try Self.line(bytes) else { return 0 }
            let digits = line.text.prefix { $0 != ";" && $0 != " " }
            guard let size = Int(digits, radix: 16), size >= 0 else {
                throw Malformed(description: "a chunk has no size")
            }
            state = size == 0 ? .trailers : .chunk(size)
            return line.length
        case .chunkEnd:
            guard let line = try Self.line(bytes) else { return 0 }
            guard line.text.isEmpty else { throw Malformed(description: "a chunk is longer than its size") }
            state = .chunkSize
            return line.length
        case .trailers:
            guard let line = try Self.line(bytes) else { return 0 }
            if line.text.isEmpty { end(event) }
            return line.length
        case .untilClose:
            event(.body(bytes))
            return bytes.count
        }
    }

    private mutating func begin(_ text: String, _ event: (Event) -> Void) throws(Malformed) {
        var lines = text.split(separator: "\r\n")
        let first = lines.isEmpty ? "" : lines.removeFirst()
        let words = first.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
            throw Malformed(description: "the answer does not begin with a status line")
        }
        let fields = lines.compactMap { line -> (name: String, value: String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            return (line[..<colon].lowercased(), String(value))
        }
        let head = Head(status: status, fields: fields)
        event(.head(head))
        // An interim answer is followed by the real one.
        if status < 200 { return }
        if expectsNoBody || status == 204 || status == 304 {
            end(event)
        } else if head["transfer-encoding"] != nil {
            state = .chunkSize
        } else if let length = head["content-length"] {
            guard let length = Int(length), length >= 0 else {
                throw Malformed(description: "Content-Length is not a number")
            }
            if length == 0 { end(event) } else { state = .length(length) }
        } else {
            state = .untilClose
        }
    }

    private mutating func end(_ event: (Event) -> Void) {
        state = .head
        event(.end)
    }

    private static func headLength(_ bytes: UnsafeRawBufferPointer) -> Int? {
        var index = 0
        while index + 3 < bytes.count {
            if bytes[index] == 13, bytes[index + 1] == 10, bytes[index + 2] == 13, bytes[index + 3] == 10 {
                return index + 4
            }
            index += 1
        }
        return nil
    }

    private static func line(_ bytes: UnsafeRawBufferPointer) throws(Malformed) -> (text: String, length: Int)? {
        guard let feed = bytes.prefix(maximumHeadBytes).firstIndex(of: 10) else {
            guard bytes.count < maximumHeadBytes else {
                throw Malformed(description: "a line between chunks is too long")
            }
            return nil
        }
        let end = feed > 0 && bytes[feed - 1] == 13 ? feed - 1 : feed
        return (String(decoding: bytes[..<end], as: UTF8.self), feed + 1)
    }
}
