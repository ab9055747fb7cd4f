import Testing

@testable import HTTP

@Suite struct ChunkedDecoderTests {
    /// What came of a chunked body: its bytes, how many were taken, and whether that is all of it.
    struct Decoded: Hashable {
        var body: [UInt8] = []
        var taken = 0
        var isDone = false
    }

    /// Decodes bytes that arrive up to each of these ends in turn, keeping back what the decoder has not taken.
    static func decode(
        _ bytes: [UInt8], ends: [Int]? = nil, bodyLimit: Int = 1 << 20, _ limits: HTTPLimits = HTTPLimits()
    ) throws(HTTPFailure) -> Decoded {
        var decoder = ChunkedDecoder()
        var decoded = Decoded()
        for end in ends ?? [bytes.count] {
            let piece = Array(bytes[decoded.taken..<max(end, decoded.taken)])
            let outcome = piece.withUnsafeBytes { piece in
                Result { () throws(HTTPFailure) in
                    try decoder.decode(piece, into: &decoded.body, bodyLimit: bodyLimit, limits)
                }
            }
            decoded.taken += try outcome.get()
            decoded.isDone = decoder.isDone
        }
        return decoded
    }

    static func refusal(_ text: String, bodyLimit: Int = 1 << 20, _ limits: HTTPLimits = HTTPLimits()) -> Int? {
        do throws(HTTPFailure) {
            _ = try decode(Array(text.utf8), bodyLimit: bodyLimit, limits)
            return nil
        } catch {
            return error.status
        }
    }

    static let whole: [(text: String, body: String)] = [
        ("0\r\n\r\n", ""), ("5\r\nhello\r\n0\r\n\r\n", "hello"),
        ("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "hello world"),
        ("A\r\n0123456789\r\n0\r\n\r\n", "0123456789"), ("a\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
        ("0005\r\nhello\r\n000\r\n\r\n", "hello"), ("4\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n\r\n"),
        ("5;name=value\r\nhello\r\n0;x\r\n\r\n", "hello"), ("5 ;a=\"b c\"\r\nhello\r\n0\r\n\r\n", "hello"),
        ("5\t;\r\nhello\r\n0\r\n\r\n", "hello"), ("0\r\nDigest: x\r\nX-Empty:\r\n\r\n", ""),
    ]

    @Test("The data of all chunks is the body; extensions and trailers are dropped", arguments: whole)
    func decodes(_ sample: (text: String, body: String)) throws {
        let bytes = Array(sample.text.utf8)
        let expected = Decoded(body: Array(sample.body.utf8), taken: bytes.count, isDone: true)
        #expect(try Self.decode(bytes) == expected)
        // The next request is left alone.
        #expect(try Self.decode(bytes + Array("GET / HTTP/1.1\r\n".utf8)) == expected)
    }

    @Test("A body that arrives in two pieces, cut anywhere, or byte by byte, is the same", arguments: whole)
    func doesNotDependOnCuts(_ sample: (text: String, body: String)) throws {
        let bytes = Array(sample.text.utf8)
        let expected = try Self.decode(bytes)
        #expect(try Self.decode(bytes, ends: Array(0...bytes.count)) == expected)
        for end in 0..<bytes.count {
            #expect(try Self.decode(bytes, ends: [end, bytes.count]) == expected)
            #expect(try !Self.decode(bytes, ends: [end]).isDone)
        }
    }

    static let refused: [(text: String, status: Int)] = [
        ("\r\n", 400), ("g\r\n", 400), (" 5\r\nhello\r\n", 400), ("5 \r\nhello\r\n", 400), ("+5\r\nhello\r\n", 400),
        ("-1\r\n", 400), ("0x5\r\nhello\r\n", 400), (";x\r\n", 400), ("5,\r\nhello\r\n", 400), ("٥\r\n", 400),
        ("5 5\r\nhello\r\n", 400), ("1000000000000000\r\n", 400), ("FFFFFFFFFFFFFFFF\r\n", 400),
        ("10000000000000000000000000000000005\r\n", 400), ("5;a\0\r\nhello\r\n", 400),
        // Line ends that another reader may see elsewhere.
        ("5\nhello\n0\n\n", 400), ("5\rhello", 400), ("5;a\nb\r\nhello\r\n", 400), ("5\r\nhello0\r\n\r\n", 400),
        ("5\r\nhello\n\n0\r\n\r\n", 400), ("5\r\nhello\r\r", 400), ("5\r\nhello world\r\n", 400),
        ("0\r\n\n", 400), ("0\r\n\rX", 400),
        // Trailers are fields.
        ("0\r\nX\r\n\r\n", 400), ("0\r\nX : a\r\n\r\n", 400), ("0\r\n X: a\r\n\r\n", 400), ("0\r\n: a\r\n\r\n", 400),
        ("0\r\nX: a\0\r\n\r\n", 400), ("0\r\nX: a\nY: b\r\n\r\n", 400),
    ]

    @Test("Chunks that could be read in two ways are refused, whole or byte by byte", arguments: refused)
    func refuses(_ sample: (text: String, status: Int)) {
        #expect(Self.refusal(sample.text) == sample.status)
        let bytes = Array(sample.text.utf8)
        #expect(throws: HTTPFailure.self) { try Self.decode(bytes, ends: Array(0...bytes.count)) }
    }

    @Test("A body may be as long as its limit, and a longer one is refused before its data comes")
    func boundsBodies() throws {
        #expect(try Self.decode(Array("5\r\nhello\r\n0\r\n\r\n".utf8), bodyLimit: 5).isDone)
        #expect(Self.refusal("6\r\n", bodyLimit: 5) == 413)
        #expect(Self.refusal("3\r\nhel\r\n3\r\n", bodyLimit: 5) == 413)
        #expect(Self.refusal("fffffffffffffff\r\n") == 413)
    }

    @Test("A size line and the trailers have a length that they do not exceed")
    func boundsLines() throws {
        var limits = HTTPLimits()
        limits.chunkLineBytes = 20
        limits.trailerBytes = 20
        let padding = String(repeating: "x", count: 18)
        #expect(try Self.decode(Array("0;\(padding)\r\n\r\n".utf8), limits).isDone)
        #expect(Self.refusal("0;\(padding)x\r\n\r\n", limits) == 400)
        #expect(Self.refusal("0;\(padding)xx", limits) == 400)
        // 16 bytes and their line's end, then the empty line.
        #expect(try Self.decode(Array("0\r\nX: \(padding.dropLast(5))\r\n\r\n".utf8), limits).isDone)
        #expect(Self.refusal("0\r\nX: \(padding)\r\n\r\n", limits) == 431)
        #expect(Self.refusal("0\r\nX: 0123\r\nX: 0123\r\nX: 0123\r\n\r\n", limits) == 431)
    }
}
