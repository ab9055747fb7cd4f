import Testing

@testable import HTTP

@Suite struct HTTP1ResponseReaderTests {
    typealias Answer = ReadAnswers.Answer

    static let streams: [(text: String, answers: [Answer])] = [
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A:b\r\n\r\nhelloHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
            [
                Answer(status: 200, fields: ["content-length": "5", "x-a": "b"], body: "hello", isComplete: true),
                Answer(status: 404, fields: ["content-length": "0"], isComplete: true),
            ]
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nX: t\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
            [
                Answer(status: 200, fields: ["transfer-encoding": "chunked"], body: "hello world", isComplete: true),
                Answer(status: 204, isComplete: true),
            ]
        ),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok",
            [Answer(status: 100), Answer(status: 200, fields: ["content-length": "2"], body: "ok", isComplete: true)]
        ),
        (
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
            [Answer(status: 304, fields: ["content-length": "5"], isComplete: true)]
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel",
            [Answer(status: 200, fields: ["content-length": "5"], body: "hel")]
        ),
        ("HTTP/1.1 200 OK\r\nContent-Len", []),
    ]

    @Test("Answers are taken from the stream one after another, however it is cut", arguments: streams)
    func reads(_ sample: (text: String, answers: [Answer])) throws {
        let bytes = Array(sample.text.utf8)
        for size in [1, 2, 3, 7, 64, Int.max] { #expect(try ReadAnswers.read(bytes, pieces: size) == sample.answers) }
    }

    @Test("A body without a length ends with the connection")
    func readsUntilClose() throws {
        let bytes = Array("HTTP/1.1 200 OK\r\n\r\nhello".utf8)
        #expect(try ReadAnswers.read(bytes) == [Answer(status: 200, body: "hello")])
        #expect(
            try ReadAnswers.read(bytes, pieces: 1, closes: true) == [
                Answer(status: 200, body: "hello", isComplete: true)
            ])
    }

    @Test("A body that has a length is not complete when the connection ends early")
    func noticesCuts() throws {
        for text in ["Content-Length: 6\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"] {
            let answers = try ReadAnswers.read(Array("HTTP/1.1 200 OK\r\n\(text)".utf8), closes: true)
            #expect(answers.map(\.body) == ["hello"])
            #expect(answers.map(\.isComplete) == [false])
        }
    }

    @Test("The answer to a HEAD has no body, whatever its length says")
    func readsHeads() throws {
        let bytes = Array("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n".utf8)
        #expect(try ReadAnswers.read(bytes, expectsNoBody: true).map(\.isComplete) == [true])
    }

    static let malformed = [
        "HTTP/2 200\r\n\r\n", "ICY 200 OK\r\n\r\n", "HTTP/1.1\r\n\r\n", "HTTP/1.1 OK 200\r\n\r\n", "\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
        String(repeating: "x", count: HTTP1ResponseReader.maximumHeadBytes),
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            + String(repeating: "0", count: HTTP1ResponseReader.maximumHeadBytes),
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
            + String(repeating: "x", count: HTTP1ResponseReader.maximumHeadBytes),
    ]

    @Test("What is not HTTP/1.1 is said to be malformed", arguments: malformed)
    func refuses(_ text: String) {
        #expect(throws: HTTP1ResponseReader.Malformed.self) { try ReadAnswers.read(Array(text.utf8)) }
    }
}
