@testable import HTTP

/// A head copied out of the bytes it was found in, so that it can be kept and compared.
struct ParsedHead: Hashable, Sendable {
    struct Field: Hashable, Sendable {
        let name: String
        let value: String
    }

    let count: Int
    let method: HTTPMethod
    let path: String
    let query: String
    let fields: [Field]
    let framing: HTTP1Parser.Framing
    let keepsAlive: Bool
    let expectsContinue: Bool
    let isGzip: Bool

    init(_ head: HTTP1Parser.Head) {
        var fields: [Field] = []
        head.headers.forEach { fields.append(Field(name: $0, value: String(decoding: $1, as: UTF8.self))) }
        count = head.count
        method = head.method
        path = String(decoding: head.path, as: UTF8.self)
        query = String(decoding: head.query, as: UTF8.self)
        self.fields = fields
        framing = head.framing
        keepsAlive = head.keepsAlive
        expectsContinue = head.expectsContinue
        isGzip = head.isGzip
    }

    /// What a parser finds at the beginning of the bytes; nil where it waits for more.
    static func parse(_ bytes: [UInt8], _ limits: HTTPLimits = HTTPLimits()) throws(HTTPFailure) -> ParsedHead? {
        try parse(bytes, ends: [bytes.count], limits)
    }

    static func parse(_ text: String, _ limits: HTTPLimits = HTTPLimits()) throws(HTTPFailure) -> ParsedHead? {
        try parse(Array(text.utf8), limits)
    }

    /// The same for a connection whose buffer grows to each of these lengths in turn.
    static func parse(
        _ bytes: [UInt8], ends: [Int], _ limits: HTTPLimits = HTTPLimits()
    ) throws(HTTPFailure) -> ParsedHead? {
        var parser = HTTP1Parser()
        let scratch = HTTP1Scratch(limits)
        for end in ends {
            // A buffer of its own size each time: nothing behind it can be read unnoticed.
            let piece = Array(bytes[..<end])
            let outcome = piece.withUnsafeBytes { piece in
                Result { () throws(HTTPFailure) in try parser.parse(piece, limits, scratch).map(ParsedHead.init) }
            }
            if let head = try outcome.get() { return head }
        }
        return nil
    }

    /// The status with which the bytes are refused; nil where they are not.
    static func refusal(_ bytes: [UInt8], _ limits: HTTPLimits = HTTPLimits()) -> Int? {
        do throws(HTTPFailure) {
            _ = try parse(bytes, limits)
            return nil
        } catch {
            return error.status
        }
    }
}

/// Calls with the header fields of a request that has these lines besides Host.
func withHeaders<Result>(_ lines: String..., do body: (HTTPHeaders) throws -> Result) throws -> Result {
    let bytes = Array("GET / HTTP/1.1\r\nHost: a\r\n\(lines.map { $0 + "\r\n" }.joined())\r\n".utf8)
    let limits = HTTPLimits()
    let scratch = HTTP1Scratch(limits)
    return try bytes.withUnsafeBytes { bytes in
        var parser = HTTP1Parser()
        guard let head = try parser.parse(bytes, limits, scratch) else {
            throw HTTPFailure(400, "The test's head is not whole.")
        }
        return try body(head.headers)
    }
}
