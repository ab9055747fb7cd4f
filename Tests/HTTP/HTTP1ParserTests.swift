import Testing

@testable import HTTP

@Suite struct HTTP1ParserTests {
    @Test("A head gives its method, target, fields and length")
    func readsAHead() throws {
        let text =
            "PATCH /twins/d%201/modules/m?api-version=2021-04-12&x=%3F HTTP/1.1\r\nHost: localhost:8443\r\n"
            + "Authorization:SharedAccessSignature sr=a&sig=b&se=1\r\nIF-Match: \t \"*\" \t\r\nX-Empty:\r\nX-Octets: é\r\n\r\n"
        let head = try #require(try ParsedHead.parse(text + "{\"tags\":{}}"))
        #expect(head.count == text.utf8.count)
        #expect(head.method == .patch)
        #expect(head.path == "/twins/d%201/modules/m")
        #expect(head.query == "api-version=2021-04-12&x=%3F")
        #expect(head.fields.map(\.name) == ["host", "authorization", "if-match", "x-empty", "x-octets"])
        #expect(
            head.fields.map(\.value) == ["localhost:8443", "SharedAccessSignature sr=a&sig=b&se=1", "\"*\"", "", "é"])
        #expect(head.framing == .none)
        #expect(head.keepsAlive)
        #expect(!head.expectsContinue && !head.isGzip)
    }

    static let methods: [(token: String, method: HTTPMethod)] =
        HTTPMethod.allCases.filter { $0 != .other }.map { ($0.name, $0) } + [
            ("get", .other), ("Get", .other), ("BREW", .other), ("PROPFIND", .other), ("!#$%&'*+-.^_`|~", .other),
            (String(repeating: "M", count: 32), .other),
        ]

    @Test("Methods are told apart by case, and any token is one", arguments: methods)
    func readsMethods(_ sample: (token: String, method: HTTPMethod)) throws {
        #expect(try ParsedHead.parse("\(sample.token) / HTTP/1.1\r\nHost: a\r\n\r\n")?.method == sample.method)
    }

    static let targets: [(target: String, path: String, query: String)] = [
        ("/", "/", ""), ("/?", "/", ""), ("/a?b=c?d", "/a", "b=c?d"), ("//a//b", "//a//b", ""),
        ("/a/../b", "/a/../b", ""), ("/%zz", "/%zz", ""), ("/\"<>\\^`{|}", "/\"<>\\^`{|}", ""),
        ("http://localhost/a?b", "/a", "b"), ("HTTPS://localhost:8443/a/b", "/a/b", ""), ("http://[::1]:80/", "/", ""),
        ("http://localhost", "/", ""), ("http://localhost?a=/b", "/", "a=/b"), ("http://localhost:80?", "/", ""),
    ]

    @Test("A target is a path, or an absolute URL whose path counts (RFC 9112 section 3.2)", arguments: targets)
    func readsTargets(_ sample: (target: String, path: String, query: String)) throws {
        let head = try #require(try ParsedHead.parse("GET \(sample.target) HTTP/1.1\r\nHost: a\r\n\r\n"))
        #expect(head.path == sample.path)
        #expect(head.query == sample.query)
    }

    @Test("The server as a whole is a target of OPTIONS only")
    func readsAsterisk() throws {
        #expect(try ParsedHead.parse("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")?.path == "*")
        #expect(ParsedHead.refusal(Array("GET * HTTP/1.1\r\nHost: a\r\n\r\n".utf8)) == 400)
    }

    static let framings: [(fields: String, framing: HTTP1Parser.Framing)] = [
        ("", .none), ("Content-Length: 0\r\n", .none), ("Content-Length: 10\r\n", .length(10)),
        ("content-length:0010\r\n", .length(10)),
        ("Content-Length: 999999999999999999\r\n", .length(999_999_999_999_999_999)),
        ("Transfer-Encoding: chunked\r\n", .chunked), ("TRANSFER-ENCODING:\tCHUNKED \r\n", .chunked),
    ]

    @Test("Content-Length and Transfer-Encoding say how the body ends (RFC 9112 section 6)", arguments: framings)
    func readsFraming(_ sample: (fields: String, framing: HTTP1Parser.Framing)) throws {
        let head = try #require(try ParsedHead.parse("POST / HTTP/1.1\r\nHost: a\r\n\(sample.fields)\r\n"))
        #expect(head.framing == sample.framing)
    }

    static let persistence: [(version: String, fields: String, keepsAlive: Bool)] = [
        ("1.1", "", true), ("1.1", "Connection: close\r\n", false), ("1.1", "Connection: Close\r\n", false),
        ("1.1", "Connection: keep-alive\r\n", true), ("1.1", "Connection: upgrade ,\tclose , x\r\n", false),
        ("1.1", "Connection: keep-alive\r\nConnection: close\r\n", false), ("1.1", "Connection: closed\r\n", true),
        ("1.1", "X-Connection: close\r\n", true), ("1.0", "", false), ("1.0", "Connection: keep-alive\r\n", true),
        ("1.0", "Connection: Keep-Alive, close\r\n", false),
    ]

    @Test("A connection is kept as its version and Connection say (RFC 9112 section 9.3)", arguments: persistence)
    func readsPersistence(_ sample: (version: String, fields: String, keepsAlive: Bool)) throws {
        let head = try #require(
            try ParsedHead.parse("GET / HTTP/\(sample.version)\r\nHost: a\r\n\(sample.fields)\r\n"))
        #expect(head.keepsAlive == sample.keepsAlive)
    }

    @Test("100-continue is expected of HTTP/1.1 alone, without case (RFC 9110 section 10.1.1)")
    func readsExpect() throws {
        let fields = "Host: a\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n"
        #expect(try ParsedHead.parse("PUT / HTTP/1.1\r\n" + fields)?.expectsContinue == true)
        #expect(try ParsedHead.parse("PUT / HTTP/1.0\r\n" + fields)?.expectsContinue == false)
    }

    static let codings: [(value: String, isGzip: Bool)] = [
        ("gzip", true), ("GZip", true), ("x-gzip", true), ("identity", false), ("", false),
    ]

    @Test("A body is plain or gzip", arguments: codings)
    func readsContentEncoding(_ sample: (value: String, isGzip: Bool)) throws {
        let head = try ParsedHead.parse("PUT / HTTP/1.1\r\nHost: a\r\nContent-Encoding: \(sample.value)\r\n\r\n")
        #expect(head?.isGzip == sample.isGzip)
    }

    @Test("Empty lines before a request are skipped, and counted to it")
    func skipsEmptyLines() throws {
        let text = "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"
        #expect(try ParsedHead.parse(text)?.count == text.utf8.count)
    }

    @Test("Of pipelined requests the first is read, and the parser begins anew behind it")
    func readsPipelined() throws {
        let first = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
        let bytes = Array((first + "DELETE /2 HTTP/1.1\r\nHost: b\r\n\r\n").utf8)
        var parser = HTTP1Parser()
        let limits = HTTPLimits()
        let scratch = HTTP1Scratch(limits)
        try bytes.withUnsafeBytes { bytes in
            let head = try #require(try parser.parse(bytes, limits, scratch))
            #expect(head.count == first.utf8.count)
            let rest = UnsafeRawBufferPointer(rebasing: bytes[head.count...])
            let second = try #require(try parser.parse(rest, limits, scratch))
            #expect(second.method == .delete)
            #expect(second.count == rest.count)
        }
    }

    @Test("A head that arrives in two pieces, cut anywhere, or byte by byte, is read as one that arrives whole")
    func doesNotDependOnCuts() throws {
        let text =
            "\r\nPOST http://hub/devices?api-version=2021-04-12 HTTP/1.1\r\nHost: hub\r\nX: \r\nTransfer-Encoding: chunked\r\n\r\n5\r\n"
        let bytes = Array(text.utf8)
        let whole = try #require(try ParsedHead.parse(bytes))
        #expect(try ParsedHead.parse(bytes, ends: Array(0...bytes.count)) == whole)
        for end in 0..<bytes.count {
            #expect(try ParsedHead.parse(bytes, ends: [end, bytes.count]) == whole)
            if end < whole.count { #expect(try ParsedHead.parse(bytes, ends: [end]) == nil) }
        }
    }

    @Test("Fields are found without case, the first of its name, and joined where they are lists")
    func findsFields() throws {
        let bytes = Array("GET / HTTP/1.1\r\nHost: a\r\nACCEPT: x\r\nAccept: y , z\r\nX-A: \r\n\r\n".utf8)
        var parser = HTTP1Parser()
        let limits = HTTPLimits()
        let scratch = HTTP1Scratch(limits)
        try bytes.withUnsafeBytes { bytes in
            let headers = try #require(try parser.parse(bytes, limits, scratch)).headers
            #expect(headers.count == 4)
            #expect(headers.string("accept") == "x")
            #expect(headers.joined("accept") == "x, y , z")
            #expect(headers.string("x-a") == "")
            #expect(headers["x"] == nil)
            #expect(headers.joined("accept-encoding") == nil)
        }
    }
}
