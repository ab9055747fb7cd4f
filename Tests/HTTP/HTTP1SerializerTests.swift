import Testing
import Vocabulary

@testable import HTTP

@Suite struct HTTP1SerializerTests {
    private static let date = Array("Sun, 06 Nov 1994 08:49:37 GMT".utf8)

    private static func text(
        _ response: HTTPResponse, _ change: (inout HTTP1Serializer.Context) -> Void = { _ in }
    ) -> String {
        var context = HTTP1Serializer.Context(date: date)
        change(&context)
        var output: [UInt8] = []
        HTTP1Serializer.append(response, context, to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    private static var answer: HTTPResponse {
        var response = HTTPResponse(status: 200)
        response.contentType = .json
        response.fields = [HTTPField("ETag", "\"AAAAAAAAAAE=\"")]
        response.body = Array("{\"a\":1}".utf8)
        response.requestID = RequestID("0123456789ab4def8123456789abcdef")
        return response
    }

    @Test("An answer has the fields of the real hub's answers (rest.md section 1.3)")
    func writesAnswers() {
        #expect(
            Self.text(Self.answer) == """
                HTTP/1.1 200 OK\r
                Content-Length: 7\r
                Content-Type: application/json; charset=utf-8\r
                ETag: "AAAAAAAAAAE="\r
                Date: Sun, 06 Nov 1994 08:49:37 GMT\r
                Server: Microsoft-HTTPAPI/2.0\r
                Vary: Origin\r
                x-ms-request-id: 01234567-89ab-4def-8123-456789abcdef\r
                \r
                {"a":1}
                """)
    }

    @Test("A success without a body has a length of 0, and no type")
    func writesEmptyAnswers() {
        let text = Self.text(HTTPResponse(status: 204))
        #expect(text.hasPrefix("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n"))
        #expect(!text.contains("Content-Type"))
        #expect(text.hasSuffix("\r\n\r\n"))
    }

    @Test("A HEAD's answer is the GET's without its body (RFC 9110 section 9.3.2)")
    func writesHeads() {
        let whole = Self.text(Self.answer)
        #expect(Self.text(Self.answer) { $0.isHead = true } + "{\"a\":1}" == whole)
    }

    @Test("Connection: close is said where the connection ends")
    func saysClose() {
        var closing = Self.answer
        closing.closes = true
        #expect(!Self.text(Self.answer).contains("Connection:"))
        #expect(Self.text(closing).contains("\r\nConnection: close\r\n\r\n"))
        #expect(Self.text(Self.answer) { $0.keepsAlive = false }.contains("\r\nConnection: close\r\n\r\n"))
    }

    @Test("A compressed body is said to be one")
    func saysGzip() {
        #expect(Self.text(Self.answer) { $0.isGzip = true }.contains("\r\nContent-Encoding: gzip\r\n"))
        #expect(!Self.text(Self.answer).contains("Content-Encoding"))
    }

    @Test("Nothing in a field's value ends its line")
    func keepsFieldsOnTheirLines() {
        var response = HTTPResponse(status: 200)
        response.fields = [HTTPField("x-a", "b\r\nSet-Cookie: c\r\n\r\n\0d\u{7F}é")]
        #expect(Self.text(response).contains("\r\nx-a: b  Set-Cookie: c     d é\r\n"))
    }

    @Test("A body of unknown length is sent in chunks that a decoder puts together again")
    func writesChunks() throws {
        var output: [UInt8] = []
        HTTP1Serializer.appendStreamHead(Self.answer, HTTP1Serializer.Context(date: Self.date), to: &output)
        let head = String(decoding: output, as: UTF8.self)
        #expect(head.hasPrefix("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"))
        #expect(!head.contains("Content-Length"))
        #expect(head.hasSuffix("\r\n\r\n"))
        output = []
        let pieces = [Array("a".utf8), [], [UInt8](repeating: 7, count: 300), Array("\r\n".utf8)]
        for piece in pieces { HTTP1Serializer.appendChunk(piece, to: &output) }
        output.append(HTTP1Serializer.lastChunk)
        let decoded = try ChunkedDecoderTests.decode(output)
        #expect(decoded.body == pieces.flatMap { $0 })
        #expect(decoded.isDone && decoded.taken == output.count)
    }

    static let reasons: [(status: Int, reason: String)] = [
        (200, "OK"), (204, "No Content"), (400, "Bad Request"), (401, "Unauthorized"), (404, "Not Found"),
        (405, "Method Not Allowed"), (409, "Conflict"), (412, "Precondition Failed"), (413, "Content Too Large"),
        (429, "Too Many Requests"), (500, "Internal Server Error"), (501, "Not Implemented"),
        (503, "Service Unavailable"), (504, "Gateway Timeout"), (505, "HTTP Version Not Supported"),
    ]

    @Test("A status comes with its standard phrase, which clients show (rest.md section 4.2)", arguments: reasons)
    func saysReasons(_ sample: (status: Int, reason: String)) {
        #expect(
            Self.text(HTTPResponse(status: sample.status)).hasPrefix("HTTP/1.1 \(sample.status) \(sample.reason)\r\n"))
    }

    @Test("What the serializer writes, the client's reader reads")
    func agreesWithTheReader() throws {
        let heard = try ReadAnswers.read(Array((Self.text(Self.answer) + Self.text(HTTPResponse(status: 204))).utf8))
        #expect(heard.map(\.status) == [200, 204])
        #expect(heard.map(\.body) == ["{\"a\":1}", ""])
        #expect(heard.first?.fields["etag"] == "\"AAAAAAAAAAE=\"")
    }
}
