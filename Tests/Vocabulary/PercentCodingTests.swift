import Testing

@testable import Vocabulary

@Suite struct PercentCodingTests {
    static let decoded: [(text: String, plain: String?)] = [
        ("", ""), ("abc", "abc"), ("a%20b", "a b"), ("a+b", "a+b"), ("%2F%2f", "//"), ("%C3%A9", "é"),
        ("%25%32%35", "%25"),
        ("%00", "\0"), ("é", "é"),
        ("%", nil), ("%2", nil), ("%zz", nil), ("%2g", nil), ("%%20", nil), ("a%", nil), ("%-1", nil), ("% 1", nil),
        // Not UTF-8.
        ("%FF", nil), ("%C3", nil), ("%C0%80", nil), ("%ED%A0%80", nil),
    ]

    @Test("Escapes are decoded once; text that is none is refused", arguments: decoded)
    func decodes(_ sample: (text: String, plain: String?)) {
        #expect(PercentCoding.decode(sample.text) == sample.plain)
    }

    @Test("Bytes need not be text")
    func decodesBytes() {
        #expect(PercentCoding.decode(Array("%FF%00a".utf8)) == [0xFF, 0, 0x61])
        #expect(PercentCoding.decode(Array("%F".utf8)) == nil)
    }

    @Test("All but the unreserved characters is escaped (RFC 3986 section 2.3), and comes back")
    func encodes() {
        let unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
        #expect(PercentCoding.encode(unreserved) == unreserved)
        #expect(PercentCoding.encode("localhost:8443/devices/dev#1") == "localhost%3A8443%2Fdevices%2Fdev%231")
        #expect(PercentCoding.encode("é+ %") == "%C3%A9%2B%20%25")
        for byte in UInt8(0)..<0x80 {
            let text = String(UnicodeScalar(byte))
            let encoded = PercentCoding.encode(text)
            #expect(encoded == (unreserved.contains(text) ? text : "%" + Hex.encode([byte]).uppercased()))
            #expect(PercentCoding.decode(encoded) == text)
        }
    }
}
