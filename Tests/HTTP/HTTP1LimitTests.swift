import Testing

@testable import HTTP

/// Every bound on a head holds, at its value and one past it, and before the head is whole where it can.
@Suite struct HTTP1LimitTests {
    private static let tail = " HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test("The defaults are what the design says")
    func hasDefaults() {
        let limits = HTTPLimits()
        #expect(limits.methodBytes == 32)
        #expect(limits.targetBytes == 8 << 10)
        #expect(limits.headerFields == 64)
        #expect(limits.headBytes <= 32 << 10)
    }

    @Test("A method has at most 32 bytes")
    func boundsMethods() throws {
        let long = [UInt8](repeating: UInt8(ascii: "M"), count: 33)
        #expect(ParsedHead.refusal(long + Array((" /" + Self.tail).utf8)) == 400)
        // Already without its end.
        #expect(ParsedHead.refusal(long) == 400)
        #expect(try ParsedHead.parse(Array(long.dropLast())) == nil)
        #expect(try ParsedHead.parse(Array(long.dropLast()) + Array((" /" + Self.tail).utf8)) != nil)
    }

    @Test("A target has at most 8 KiB")
    func boundsTargets() throws {
        let target = "/" + String(repeating: "a", count: (8 << 10) - 1)
        #expect(try ParsedHead.parse("GET " + target + Self.tail)?.path.utf8.count == 8 << 10)
        #expect(ParsedHead.refusal(Array(("GET " + target + "a" + Self.tail).utf8)) == 414)
        #expect(ParsedHead.refusal(Array(("GET " + target + "?" + Self.tail).utf8)) == 414)
        // A line that could only be longer still is not waited for.
        #expect(ParsedHead.refusal(Array(("GET " + target + String(repeating: "a", count: 64)).utf8)) == 414)
    }

    @Test("A head has at most 64 fields")
    func boundsFields() throws {
        func head(_ count: Int) -> [UInt8] {
            Array("GET / HTTP/1.1\r\nHost: a\r\n\(String(repeating: "X: y\r\n", count: count - 1))\r\n".utf8)
        }
        #expect(try ParsedHead.parse(head(64))?.fields.count == 64)
        #expect(ParsedHead.refusal(head(65)) == 431)
    }

    @Test("A head has at most so many bytes, its empty line included")
    func boundsHeads() throws {
        var limits = HTTPLimits()
        limits.headBytes = 200
        func head(_ count: Int) -> [UInt8] {
            let start = "GET / HTTP/1.1\r\nHost: a\r\nX: "
            return Array((start + String(repeating: "y", count: count - start.utf8.count - 4) + "\r\n\r\n").utf8)
        }
        #expect(try ParsedHead.parse(head(200), limits)?.count == 200)
        #expect(ParsedHead.refusal(head(201), limits) == 431)
        // Not waited for: one byte more than may come has come without an end.
        #expect(try ParsedHead.parse(Array(head(400)[..<200]), limits) == nil)
        #expect(ParsedHead.refusal(Array(head(400)[..<201]), limits) == 431)
    }

    @Test("Empty lines before a request count to its head, so that they have an end")
    func boundsEmptyLines() throws {
        var limits = HTTPLimits()
        limits.headBytes = 200
        let lines = [[UInt8]](repeating: [13, 10], count: 100).flatMap { $0 }
        #expect(try ParsedHead.parse(lines, limits) == nil)
        #expect(ParsedHead.refusal(lines + [13, 10], limits) == 431)
        #expect(ParsedHead.refusal(lines + Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8), limits) == 431)
    }
}
