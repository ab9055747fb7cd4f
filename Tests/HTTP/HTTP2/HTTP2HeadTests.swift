import Testing
import Vocabulary

@testable import HTTP

/// Heads in and out: HPACK, and what is answered rather than reset.
@Suite struct HTTP2HeadTests {
    typealias Frame = HTTP2Frame

    static func bytes(_ hex: String) -> [UInt8] {
        let digits = hex.filter { $0 != " " }
        return stride(from: 0, to: digits.count, by: 2).map { place in
            let start = digits.index(digits.startIndex, offsetBy: place)
            return UInt8(digits[start...].prefix(2), radix: 16)!
        }
    }

    /// RFC 7541 appendix C.3 and C.4: three requests on one connection, the later ones by what the earlier ones left behind.
    static let examples: [[String]] = [
        [
            "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d", "8286 84be 5808 6e6f 2d63 6163 6865",
            "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65",
        ],
        [
            "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff", "8286 84be 5886 a8eb 1064 9cbf",
            "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf",
        ],
    ]

    @Test("The examples of RFC 7541 are read as it says, cut anywhere", arguments: examples, [Int.max, 1, 7])
    func readsHPACK(_ blocks: [String], piece: Int) {
        let conversation = HTTP2Conversation.begun()
        for (number, block) in blocks.enumerated() {
            let frame = Frame(
                kind: Frame.Kind.headers, flags: Frame.Flag.whole, stream: UInt32(number * 2 + 1),
                payload: Self.bytes(block))
            var rest = frame.bytes[...]
            while !rest.isEmpty {
                conversation.receive(Array(rest.prefix(piece)))
                rest = rest.dropFirst(piece)
            }
        }
        let host = "host: www.example.com"
        #expect(
            conversation.streams[1]?.head
                == .init(method: .get, path: "/", query: "", fields: [host], length: nil))
        #expect(
            conversation.streams[3]?.head
                == .init(method: .get, path: "/", query: "", fields: ["cache-control: no-cache", host], length: nil))
        #expect(
            conversation.streams[5]?.head
                == .init(
                    method: .get, path: "/index.html", query: "", fields: ["custom-key: custom-value", host],
                    length: nil))
    }

    @Test("A head may come in several frames, with padding and with priorities that nobody minds")
    func readsPieces() {
        let conversation = HTTP2Conversation.begun()
        let block = HPACKLiteral.block(HPACKLiteral.request("GET", "/a%20b?c=d&e"))
        let first = [2] + [0, 0, 0, 3, 15] + Array(block.prefix(10)) + [0, 0]
        conversation.receive(
            Frame(
                kind: Frame.Kind.headers, flags: 0x20 | Frame.Flag.padded | Frame.Flag.endStream, stream: 1,
                payload: first),
            Frame(kind: Frame.Kind.continuation, stream: 1, payload: []),
            Frame(
                kind: Frame.Kind.continuation, flags: Frame.Flag.endHeaders, stream: 1,
                payload: Array(block.dropFirst(10))))
        #expect(
            conversation.streams[1]?.head
                == .init(method: .get, path: "/a%20b", query: "c=d&e", fields: ["host: localhost"], length: nil))
        #expect(!conversation.session.isInHead)
    }

    static let refusals: [(fields: [(String, String)], status: Int)] = [
        (HPACKLiteral.request("GET", "/") + [("host", "elsewhere")], 400),
        ([(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "u@a")], 400),
        (HPACKLiteral.request("GET", "/#a"), 400),
        (HPACKLiteral.request(String(repeating: "M", count: 33), "/"), 400),
        (HPACKLiteral.request("GET", "/" + String(repeating: "a", count: 8 << 10)), 414),
        (HPACKLiteral.request("GET", "/") + [("expect", "more")], 417),
        (HPACKLiteral.request("GET", "/") + [("content-encoding", "br")], 415),
        (HPACKLiteral.request("GET", "/") + (0..<65).map { ("x-\($0)", "") }, 431),
        (HPACKLiteral.request("GET", "/") + (0..<9).map { ("x-\($0)", String(repeating: "a", count: 4000)) }, 431),
    ]

    @Test("What HTTP/1.1 answers with a status is answered here, and the connection goes on", arguments: refusals)
    func refuses(_ sample: (fields: [(String, String)], status: Int)) throws {
        let conversation = HTTP2Conversation.begun()
        let block = HPACKLiteral.block(sample.fields)
        var frames = [
            Frame(kind: Frame.Kind.headers, flags: Frame.Flag.endStream, stream: 1, payload: Array(block.prefix(16000)))
        ]
        for start in stride(from: 16000, to: block.count, by: 16000) {
            frames.append(
                Frame(kind: Frame.Kind.continuation, stream: 1, payload: Array(block[start...].prefix(16000))))
        }
        frames[frames.count - 1].flags |= Frame.Flag.endHeaders
        let sent = conversation.receive(frames.flatMap(\.bytes))
        let head = try #require(sent.first { $0.kind == Frame.Kind.headers && $0.stream == 1 })
        #expect(conversation.fields(of: head).first == ":status: \(sample.status)")
        #expect(conversation.streams[1]?.refusal?.status == sample.status)
        conversation.answer = .text(200, "good")
        #expect(conversation.receive(.get(3)).contains { $0.kind == Frame.Kind.data })
    }

    @Test("A host that says the same as the authority is one host, and OPTIONS may ask for everything")
    func acceptsHosts() {
        let conversation = HTTP2Conversation.begun()
        conversation.receive(
            .get(1, "/", [("host", "LocalHost")]), .headers(3, HPACKLiteral.request("OPTIONS", "*")),
            .headers(5, [(":method", "GET"), (":scheme", "https"), (":path", "/"), ("host", "a:1")]))
        #expect(conversation.streams[1]?.head?.fields == ["host: LocalHost"])
        #expect(conversation.streams[3]?.head?.path == "*")
        #expect(conversation.streams[5]?.head?.fields == ["host: a:1"])
    }

    @Test("An answer has the fields of HTTP/1.1 in lower case, without those of the connection")
    func writesHeads() throws {
        let conversation = HTTP2Conversation.begun()
        var response = HTTPResponse.text(200, "{}")
        response.contentType = .json
        response.fields = [
            HTTPField("ETag", "\"AAA=\""), HTTPField("X-Odd", "\t a\r\nb "),
            HTTPField("x-ms-Meta-", followedBy: "Ü", "1"),
        ]
        response.requestID = RequestID(high: 0, low: 0)
        response.closes = true
        conversation.answer = response
        let sent = conversation.receive(.get(1))
        let head = try #require(sent.first { $0.kind == Frame.Kind.headers })
        #expect(
            conversation.fields(of: head) == [
                ":status: 200", "content-length: 2", "content-type: application/json; charset=utf-8",
                "etag: \"AAA=\"", "x-odd: a  b", "x-ms-meta-%c3%9c: 1", "date: today", "server: Microsoft-HTTPAPI/2.0",
                "vary: Origin", "x-ms-request-id: 00000000-0000-4000-8000-000000000000",
            ])
        #expect(sent.last == .data(1, Array("{}".utf8), ends: true))
        #expect(conversation.streams[1]?.closedWith == 0)
    }

    @Test("Answers to HEAD, and answers without a body, end with their head")
    func writesHeadsAlone() throws {
        let conversation = HTTP2Conversation.begun()
        conversation.receive(.headers(1, HPACKLiteral.request("HEAD", "/")), .get(3))
        let session = try #require(conversation.session)
        session.respond(
            .text(200, "hello"), on: try #require(conversation.streams[1]), date: [], isGzip: true, isHead: true)
        session.respond(
            HTTPResponse(status: 204), on: try #require(conversation.streams[3]), date: [], isGzip: false, isHead: false
        )
        let sent = conversation.sent()
        #expect(sent.map(\.kind) == [Frame.Kind.headers, Frame.Kind.headers])
        #expect(sent.allSatisfy { $0.flags & Frame.Flag.endStream != 0 })
        let fields = sent.map { conversation.fields(of: $0) }
        #expect(fields[0].contains("content-length: 5") && fields[0].contains("content-encoding: gzip"))
        #expect(fields[0].contains("vary: Origin, Accept-Encoding"))
        #expect(fields[1].first == ":status: 204" && !fields[1].contains { $0.hasPrefix("content-length") })
    }
}
