import Testing
import Vocabulary

@testable import HTTP

@Suite struct CodingTests {
    @Test func `The date of RFC 9110 section 5.6.7 is written as there`() {
        let time = Timestamp(unixSeconds: 784_887_151)
        #expect(String(decoding: HTTPDate.text(time), as: UTF8.self) == "Tue, 15 Nov 1994 08:12:31 GMT")
        let leap = Timestamp(unixSeconds: 1_709_164_800)
        #expect(String(decoding: HTTPDate.text(leap), as: UTF8.self) == "Thu, 29 Feb 2024 00:00:00 GMT")
    }

    @Test(arguments: [0, 1, 1000, 200_000])
    func `What is compressed comes back`(_ count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) }
        let compressed = try #require(Gzip.compress(bytes))
        #expect(compressed.starts(with: [0x1F, 0x8B]))
        #expect(try Gzip.decompress(compressed, limit: max(count, 1)) == bytes)
    }

    @Test func `A bomb ends at its limit, and what is no gzip is refused`() throws {
        let bomb = try #require(Gzip.compress([UInt8](repeating: 0, count: 10 << 20)))
        #expect(bomb.count < 100_000)
        for (bytes, status) in [(bomb, 413), (Array("plain".utf8), 400), (Array(bomb.prefix(500)), 400)] {
            #expect {
                _ = try Gzip.decompress(bytes, limit: 1 << 20)
            } throws: { error in
                (error as? HTTPFailure)?.status == status || status == 400 && (error as? HTTPFailure)?.status == 413
            }
        }
    }

    @Test func `An event never breaks out of its lines`() {
        let bytes = ServerSentEvent.bytes("patch", id: "7", data: Array("{\"a\":\n1}".utf8))
        #expect(String(decoding: bytes, as: UTF8.self) == "event: patch\nid: 7\ndata: {\"a\": 1}\n\n")
    }

    @Test(arguments: [
        ("a=1&b=2", "a", "1"), ("a=1&b=2", "B", "2"), ("a", "a", ""), ("a=", "a", ""), ("a=%41+b", "a", "A+b"),
        ("aa=1&a=2", "a", "2"), ("a=1&a=2", "a", "1"), ("a=b=c", "a", "b=c"), ("a=%zz", "a", "%zz"),
        ("&&a=1", "a", "1"),
    ])
    func `A query parameter is found by its name, without case`(_ query: String, _ name: String, _ value: String) {
        #expect(Self.parameter(name, of: query) == value)
        #expect(Self.parameter("other", of: query) == nil)
    }

    private static func parameter(_ name: String, of query: String) -> String? {
        let bytes = Array("GET /p?\(query) HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
        return bytes.withUnsafeBytes { bytes in
            var parser = HTTP1Parser()
            let head = try? parser.parse(bytes, HTTPLimits(), HTTP1Scratch(HTTPLimits()))
            return head.flatMap { $0 }?.request(body: UnsafeRawBufferPointer(start: nil, count: 0)).queryParameter(name)
        }
    }
}
