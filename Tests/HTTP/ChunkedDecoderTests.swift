import Testing

@testable import HTTP

@Suite struct ChunkedDecoderTests {
    private static func decode(
        _ text: String, limit: Int = 1000, pieces: Int = .max
    ) throws(HTTPFailure) -> (body: String, isDone: Bool, used: Int) {
        var decoder = ChunkedDecoder()
        var body: [UInt8] = []
        let bytes = Array(text.utf8)
        var (start, end) = (0, 0)
        while end < bytes.count, !decoder.isDone {
            end = min(bytes.count, pieces == .max ? bytes.count : end + pieces)
            let view = Array(bytes[start..<end])
            start += try view.withUnsafeBytes { view in
                Result { () throws(HTTPFailure) in
                    try decoder.decode(view, into: &body, bodyLimit: limit, HTTPLimits())
                }
            }.get()
        }
        return (String(decoding: body, as: UTF8.self), decoder.isDone, start)
    }

    @Test(arguments: [
        ("0\r\n\r\n", ""), ("5\r\nhello\r\n0\r\n\r\n", "hello"),
        ("A\r\n0123456789\r\n1\r\nx\r\n0\r\n\r\n", "0123456789x"),
        ("5;name=value\r\nhello\r\n0\r\n\r\n", "hello"), ("5\r\nhello\r\n0\r\nX-Trailer: y\r\n\r\n", "hello"),
        ("005\r\nhello\r\n0\r\n\r\n", "hello"),
    ])
    func `A body comes out whole, in pieces of any size`(_ text: String, _ body: String) throws {
        for pieces in [1, 2, 7, .max] {
            let found = try Self.decode(text, pieces: pieces)
            #expect(found.body == body && found.isDone && found.used == text.utf8.count)
        }
    }

    @Test func `What follows the last chunk is left alone`() throws {
        let found = try Self.decode("1\r\na\r\n0\r\n\r\nGET /")
        #expect(found.isDone && found.used == 11)
    }

    @Test(arguments: [
        ("x\r\n", 400), ("-1\r\n", 400), ("\r\n", 400), ("5\r\nhelloXX", 400), (" 5\r\nhello\r\n", 400),
        ("5\nhello\n", 400),
        ("FFFFFFFFFFFFFFFFF\r\n", 400), ("3E9\r\n", 413), (String(repeating: "0", count: 400), 400),
        ("0\r\nbad trailer\r\n\r\n", 400), ("0\r\nX: \(String(repeating: "y", count: 9000))", 431),
    ])
    func `Bad framing and too much are refused`(_ text: String, _ status: Int) {
        #expect("\(text.prefix(40))") {
            _ = try Self.decode(text)
        } throws: { error in
            (error as? HTTPFailure)?.status == status
        }
    }
}
