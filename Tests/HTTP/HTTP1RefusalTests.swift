import Testing

@testable import HTTP

/// What two readers could understand differently is refused (RFC 9112 section 11.2): this is what smuggling lives on.
@Suite struct HTTP1RefusalTests {
    static let requestLines: [(line: String, status: Int)] = [
        ("GET / HTTP/1.1 ", 400), ("GET  / HTTP/1.1", 400), (" GET / HTTP/1.1", 400), ("GET /  HTTP/1.1", 400),
        ("GET\t/ HTTP/1.1", 400), ("GET /\tHTTP/1.1", 400), ("GET /", 400), ("GET", 400), ("GET / ", 400),
        ("G(T / HTTP/1.1", 400), ("GET: / HTTP/1.1", 400), ("GÉT / HTTP/1.1", 400), ("/ HTTP/1.1", 400),
        ("GET /a b HTTP/1.1", 400), ("GET /é HTTP/1.1", 400), ("GET /\u{7F} HTTP/1.1", 400), ("GET /\0 HTTP/1.1", 400),
        ("GET /a#b HTTP/1.1", 400), ("GET a HTTP/1.1", 400), ("GET localhost:80 HTTP/1.1", 400),
        ("GET ftp://a/ HTTP/1.1", 400), ("GET http:/a HTTP/1.1", 400), ("GET http:// HTTP/1.1", 400),
        ("GET http:///a HTTP/1.1", 400), ("GET http://?/a HTTP/1.1", 400), ("GET http://u@a/ HTTP/1.1", 400),
        ("GET http://a,b/ HTTP/1.1", 400), ("CONNECT a:443 HTTP/1.1", 400),
        ("GET / http/1.1", 400), ("GET / HTTP/1,1", 400), ("GET / HTTP/11", 400), ("GET / HTTP/1.10", 400),
        ("GET / HTTPS/1.1", 400), ("GET / HTTP/1.1x", 400), ("GET / HTTP/2.0", 505), ("GET / HTTP/0.9", 505),
        ("GET / HTTP/1.2", 505), ("GET / HTTP/3.0", 505), ("PRI * HTTP/2.0", 505),
    ]

    @Test("A malformed request line is refused, and so is another version", arguments: requestLines)
    func refusesRequestLines(_ sample: (line: String, status: Int)) {
        #expect(ParsedHead.refusal(Array("\(sample.line)\r\nHost: a\r\n\r\n".utf8)) == sample.status)
    }

    static let fields: [(fields: String, status: Int)] = [
        // Two lengths, and lengths that are none (RFC 9112 section 6.3).
        ("Content-Length: 5\r\nContent-Length: 5\r\n", 400), ("Content-Length: 5\r\nContent-Length: 6\r\n", 400),
        ("Content-Length: 5, 5\r\n", 400), ("Content-Length: 5 5\r\n", 400), ("Content-Length: +5\r\n", 400),
        ("Content-Length: -5\r\n", 400), ("Content-Length: 0x5\r\n", 400), ("Content-Length: 5.0\r\n", 400),
        ("Content-Length: \r\n", 400), ("Content-Length: five\r\n", 400), ("Content-Length: ٥\r\n", 400),
        ("Content-Length: 9223372036854775808\r\n", 400), ("Content-Length: 1000000000000000000\r\n", 400),
        // A length and a transfer coding.
        ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", 400),
        ("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", 400),
        ("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n", 400),
        // Transfer codings that are not exactly `chunked`.
        ("Transfer-Encoding: gzip, chunked\r\n", 501), ("Transfer-Encoding: chunked, gzip\r\n", 501),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", 501),
        ("Transfer-Encoding: chunked, chunked\r\n", 501), ("Transfer-Encoding: identity\r\n", 501),
        ("Transfer-Encoding: xchunked\r\n", 501), ("Transfer-Encoding: chunked;a=b\r\n", 501),
        ("Transfer-Encoding: \"chunked\"\r\n", 501), ("Transfer-Encoding:\r\n", 501),
        ("Transfer-Encoding: chunked\u{B}\r\n", 400), ("Transfer-Encoding: \u{B}chunked\r\n", 400),
        // Names: a space before the colon, no name, no colon, folded lines (sections 5.1 and 5.2).
        ("Content-Length : 5\r\n", 400), ("Transfer-Encoding : chunked\r\n", 400), ("X\t: a\r\n", 400),
        (" X: a\r\n", 400), (": a\r\n", 400), ("X\r\n", 400), ("X a\r\n", 400), ("X: a\r\n b\r\n", 400),
        ("X: a\r\n\tb\r\n", 400), ("X: a\r\n \r\n", 400), ("X\0: a\r\n", 400), ("X(a): a\r\n", 400), ("É: a\r\n", 400),
        // Bare CR and LF, and other control characters.
        ("X: a\nY: b\r\n", 400), ("X: a\rY: b\r\n", 400), ("X: a\r\rY: b\r\n", 400), ("X: a\0b\r\n", 400),
        ("X: a\u{7F}b\r\n", 400), ("X: a\u{1}\r\n", 400), ("X: a\n\r\n", 400), ("X: a\r\r\n", 400),
        // Expectations and content codings that are not known.
        ("Expect: 200-ok\r\n", 417), ("Expect: 100-continue, x\r\n", 417), ("Expect:\r\n", 417),
        ("Content-Encoding: br\r\n", 415), ("Content-Encoding: deflate\r\n", 415),
        ("Content-Encoding: gzip, gzip\r\n", 415), ("Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n", 415),
    ]

    @Test("A field that could be read in two ways is refused", arguments: fields)
    func refusesFields(_ sample: (fields: String, status: Int)) {
        let text = "POST / HTTP/1.1\r\nHost: a\r\n\(sample.fields)\r\n"
        #expect(ParsedHead.refusal(Array(text.utf8)) == sample.status)
    }

    static let hosts: [(fields: String, isAccepted: Bool)] = [
        ("Host: a\r\n", true), ("Host: A.b-c_d:8443\r\n", true), ("Host: [::1]:8443\r\n", true),
        ("Host: [::1]\r\n", true),
        ("Host:\r\n", true), ("Host: a:\r\n", true), ("host: a%20b\r\n", true),
        ("", false), ("Host: a\r\nHost: a\r\n", false), ("Host: a\r\nHost: b\r\n", false), ("Host: a, b\r\n", false),
        ("Host: a b\r\n", false), ("Host: a/b\r\n", false), ("Host: http://a\r\n", false), ("Host: u@a\r\n", false),
        ("Host: a?b\r\n", false), ("Host: a#b\r\n", false), ("Host: a\\b\r\n", false), ("Host: \"a\"\r\n", false),
        ("Host: <a>\r\n", false), ("Host: é\r\n", false), ("Host: a:b\r\n", false), ("Host: a:80:80\r\n", false),
        ("Host: a:-1\r\n", false), ("Host: ::1\r\n", false), ("Host: [::1\r\n", false), ("Host: [::1]8443\r\n", false),
        ("Host: [::1]:x\r\n", false), ("Host: a]:1\r\n", false), ("Host: :80\r\n", false),
    ]

    @Test("A request has exactly one Host, which is a host (RFC 9112 section 3.2)", arguments: hosts)
    func checksHosts(_ sample: (fields: String, isAccepted: Bool)) {
        let refusal = ParsedHead.refusal(Array("GET / HTTP/1.1\r\n\(sample.fields)\r\n".utf8))
        #expect(refusal == (sample.isAccepted ? nil : 400))
    }

    @Test("HTTP/1.0 may lack Host, has it at most once, and knows no chunks")
    func readsOldVersions() throws {
        #expect(try ParsedHead.parse("GET / HTTP/1.0\r\n\r\n")?.path == "/")
        #expect(ParsedHead.refusal(Array("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n".utf8)) == 400)
        #expect(ParsedHead.refusal(Array("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)) == 400)
    }

    @Test("Lines that end in LF alone never make a head")
    func refusesBareLineFeeds() throws {
        #expect(try ParsedHead.parse("GET / HTTP/1.1\nHost: a\n\n") == nil)
        #expect(ParsedHead.refusal(Array("GET / HTTP/1.1\nHost: a\n\n\r\n\r\n".utf8)) == 400)
        #expect(ParsedHead.refusal(Array("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)) == 400)
        #expect(ParsedHead.refusal(Array("\rGET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)) == 400)
    }

    @Test("What is refused whole is refused byte by byte as well")
    func refusesPieces() {
        for text in Self.fields.map({ "POST / HTTP/1.1\r\nHost: a\r\n\($0.fields)\r\n" }) {
            let bytes = Array(text.utf8)
            #expect(throws: HTTPFailure.self, "\(text)") {
                try ParsedHead.parse(bytes, ends: Array(0...bytes.count))
            }
        }
    }
}
