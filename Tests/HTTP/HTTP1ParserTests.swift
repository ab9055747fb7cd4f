import Glibc
import Testing

@testable import HTTP

@Suite struct HTTP1ParserTests {
    private static let limits = HTTPLimits()

    /// A head as far as tests look at it.
    struct Found: Equatable {
        var count: Int
        var method: HTTPMethod
        var path: String
        var query: String
        var framing: HTTP1Parser.Framing
        var keepsAlive: Bool
        var expectsContinue: Bool
        var fields: [String]
    }

    /// Gives the parser one byte more each time, or all at once.
    private static func parse(_ text: String, byByte: Bool = false) throws(HTTPFailure) -> Found? {
        let bytes = Array(text.utf8)
        var parser = HTTP1Parser()
        let scratch = HTTP1Scratch(limits)
        for end in (byByte ? Array(0...bytes.count) : [bytes.count]) {
            let found = try bytes.withUnsafeBytes { bytes in
                Result { () throws(HTTPFailure) in
                    let view = UnsafeRawBufferPointer(rebasing: bytes[..<end])
                    return try parser.parse(view, limits, scratch).map(Self.found)
                }
            }.get()
            if let found { return found }
        }
        return nil
    }

    private static func found(_ head: HTTP1Parser.Head) -> Found {
        var fields: [String] = []
        head.headers.forEach { fields.append("\($0)=\(String(decoding: $1, as: UTF8.self))") }
        return Found(
            count: head.count, method: head.method, path: String(decoding: head.path, as: UTF8.self),
            query: String(decoding: head.query, as: UTF8.self), framing: head.framing, keepsAlive: head.keepsAlive,
            expectsContinue: head.expectsContinue, fields: fields)
    }

    struct Accepted: Sendable {
        let text: String
        var method = HTTPMethod.get
        var path = "/a"
        var query = ""
        var framing = HTTP1Parser.Framing.none
        var keepsAlive = true
        var expectsContinue = false
    }

    static let accepted: [Accepted] = [
        Accepted(text: "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"),
        Accepted(text: "\r\n\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n"),
        Accepted(text: "GET /a?b=c&d HTTP/1.1\r\nhost:x\r\n\r\n", query: "b=c&d"),
        Accepted(text: "GET http://x/a?q HTTP/1.1\r\nHost: x\r\n\r\n", query: "q"),
        Accepted(text: "GET /a HTTP/1.0\r\n\r\n", keepsAlive: false),
        Accepted(text: "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
        Accepted(text: "GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", keepsAlive: false),
        Accepted(text: "GET /a HTTP/1.1\r\nHost: x\r\nConnection: foo, CLOSE\r\n\r\n", keepsAlive: false),
        Accepted(
            text: "PATCH /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n", method: .patch, framing: .length(5)),
        Accepted(text: "PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", method: .put),
        Accepted(
            text: "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n", method: .post, framing: .chunked),
        Accepted(
            text: "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n", method: .post,
            framing: .length(3), expectsContinue: true),
        Accepted(text: "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", method: .options, path: "*"),
        Accepted(text: "HEAD /a HTTP/1.1\r\nHost: x\r\nX-Empty:\r\nX-Tab:\t v \t\r\n\r\n", method: .head),
    ]

    @Test(arguments: accepted)
    func `A head is read the same at once and byte by byte`(_ one: Accepted) throws {
        let found = try #require(try Self.parse(one.text))
        #expect(found.method == one.method && found.path == one.path && found.query == one.query)
        #expect(found.framing == one.framing && found.keepsAlive == one.keepsAlive)
        #expect(found.expectsContinue == one.expectsContinue && found.count == one.text.utf8.count)
        #expect(try Self.parse(one.text, byByte: true) == found)
    }

    struct Refused: Sendable {
        let text: String
        let status: Int
    }

    private static func get(_ fields: String) -> String { "GET /a HTTP/1.1\r\nHost: x\r\n\(fields)\r\n\r\n" }

    /// What two readers could understand differently, what RFC 9112 forbids, and what is too much.
    static let refused: [Refused] = [
        // Lengths and codings (RFC 9112 section 6.3): the shapes of request smuggling.
        Refused(text: get("Content-Length: 5\r\nTransfer-Encoding: chunked"), status: 400),
        Refused(text: get("Content-Length: 5\r\nContent-Length: 6"), status: 400),
        Refused(text: get("Content-Length: 5, 6"), status: 400),
        Refused(text: get("Content-Length: +5"), status: 400),
        Refused(text: get("Content-Length: -5"), status: 400),
        Refused(text: get("Content-Length: 0x5"), status: 400),
        Refused(text: get("Content-Length: 5 5"), status: 400),
        Refused(text: get("Content-Length:"), status: 400),
        Refused(text: get("Content-Length: 99999999999999999999999"), status: 400),
        Refused(text: get("Transfer-Encoding: gzip"), status: 501),
        Refused(text: get("Transfer-Encoding: chunked, chunked"), status: 501),
        Refused(text: "POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", status: 400),
        // Lines (sections 2.2, 5 and 5.2).
        Refused(text: get("X : y"), status: 400),
        Refused(text: get("X: y\r\n folded"), status: 400),
        Refused(text: get("X: a\rb"), status: 400),
        Refused(text: get("X: a\nY: b"), status: 400),
        Refused(text: get("X: a\u{0}b"), status: 400),
        Refused(text: get(": y"), status: 400),
        Refused(text: get("no colon"), status: 400),
        Refused(text: get("X(: y"), status: 400),
        // Host (section 3.2).
        Refused(text: "GET /a HTTP/1.1\r\n\r\n", status: 400),
        Refused(text: "GET /a HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", status: 400),
        Refused(text: "GET /a HTTP/1.1\r\nHost: x y\r\n\r\n", status: 400),
        // The request line (section 3).
        Refused(text: "GET  /a HTTP/1.1\r\nHost: x\r\n\r\n", status: 400),
        Refused(text: "GET /a  HTTP/1.1\r\nHost: x\r\n\r\n", status: 400),
        Refused(text: "GET /a\r\nHost: x\r\n\r\n", status: 400),
        Refused(text: "G@T /a HTTP/1.1\r\nHost: x\r\n\r\n", status: 400),
        Refused(text: "GET a HTTP/1.1\r\nHost: x\r\n\r\n", status: 400),
        Refused(text: "GET /a HTTP/2.0\r\nHost: x\r\n\r\n", status: 505),
        Refused(text: "GET /a HTTP/1.2\r\nHost: x\r\n\r\n", status: 505),
        Refused(text: "GET /a http/1.1\r\nHost: x\r\n\r\n", status: 400),
        // Limits (performance notes section 2).
        Refused(text: "\(String(repeating: "M", count: 40)) /a HTTP/1.1\r\nHost: x\r\n\r\n", status: 400),
        Refused(text: "GET /\(String(repeating: "a", count: 9000)) HTTP/1.1\r\nHost: x\r\n\r\n", status: 414),
        Refused(text: get(String(repeating: "X: y\r\n", count: 70) + "Z: z"), status: 431),
        Refused(text: get("X: \(String(repeating: "y", count: 40000))"), status: 431),
        Refused(text: get("Expect: something"), status: 417),
    ]

    @Test(arguments: refused)
    func `What is wrong or too much is refused with its status, however it arrives`(_ one: Refused) {
        for byByte in [false, true] where !byByte || one.text.utf8.count < 2000 {
            var status = 0
            do throws(HTTPFailure) {
                if try Self.parse(one.text, byByte: byByte) != nil { status = 200 }
            } catch {
                status = error.status
                #expect(!error.reason.isEmpty)
            }
            #expect(status == one.status, "\(one.text.prefix(120).debugDescription), byte by byte: \(byByte)")
        }
    }

    @Test func `Nothing is said of a head that has not come whole`() throws {
        let text = "GET /a HTTP/1.1\r\nHost: x\r\nX: y\r\n"
        for end in 0...text.utf8.count { #expect(try Self.parse(String(text.prefix(end))) == nil) }
    }

    @Test func `What follows a head is not looked at`() throws {
        let text = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
        #expect(try Self.parse(text + "\u{0}\rrubbish")?.count == text.utf8.count)
    }

    /// Rounds of the fuzz test: `TWINHUB_FUZZ_ROUNDS=1000000` for a long one.
    static var fuzzRounds: Int { getenv("TWINHUB_FUZZ_ROUNDS").flatMap { Int(String(cString: $0)) } ?? 20_000 }

    @Test func `Damaged requests are read, waited for or refused, the same in one piece and in two`() {
        var random = FuzzRandom(seed: 7)
        let seeds = Self.accepted.map(\.text) + Self.refused.map(\.text).filter { $0.utf8.count < 300 }
        let scratch = HTTP1Scratch(Self.limits)
        for _ in 0..<Self.fuzzRounds {
            var bytes = Array(seeds[random.below(seeds.count)].utf8)
            for _ in 0...random.below(3) {
                let place = random.below(bytes.count)
                switch random.below(4) {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: random.below(256))
                case 1: bytes.remove(at: place)
                case 2: bytes.insert([13, 10, 32, 58, 44, 0, 127, 200][random.below(8)], at: place)
                default: bytes[place] ^= 0x20
                }
                if bytes.isEmpty { bytes = [10] }
            }
            let whole = Self.outcome(bytes, cut: bytes.count, scratch)
            let halved = Self.outcome(bytes, cut: random.below(bytes.count), scratch)
            #expect(whole == halved, "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
        }
    }

    /// A head's length, a refusal's status negated, or 0 where more is wanted.
    private static func outcome(_ bytes: [UInt8], cut: Int, _ scratch: HTTP1Scratch) -> Int {
        bytes.withUnsafeBytes { bytes in
            var parser = HTTP1Parser()
            do throws(HTTPFailure) {
                let first = UnsafeRawBufferPointer(rebasing: bytes[..<cut])
                if let head = try parser.parse(first, limits, scratch) { return head.count }
                return try parser.parse(bytes, limits, scratch)?.count ?? 0
            } catch {
                // Which of two faults is seen first may depend on what has arrived; that there is one may not.
                return -1
            }
        }
    }
}

/// The same numbers on every run.
struct FuzzRandom {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func below(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(limit))
    }
}
