import Testing

@testable import Vocabulary

@Suite struct Base64Tests {
    /// RFC 4648 section 10, and octets that need the last two characters of the alphabet.
    static let vectors: [(plain: [UInt8], text: String)] = [
        ([], ""), (Array("f".utf8), "Zg=="), (Array("fo".utf8), "Zm8="), (Array("foo".utf8), "Zm9v"),
        (Array("foob".utf8), "Zm9vYg=="), (Array("fooba".utf8), "Zm9vYmE="), (Array("foobar".utf8), "Zm9vYmFy"),
        ([0xFB, 0xFF, 0xBF], "+/+/"), ([0], "AA=="), ([0xFF, 0xFF], "//8="),
    ]

    @Test("Bytes and text are as RFC 4648 has them", arguments: vectors)
    func codes(_ sample: (plain: [UInt8], text: String)) {
        #expect(Base64.encode(sample.plain) == sample.text)
        #expect(Base64.decode(sample.text) == sample.plain)
    }

    @Test("Bytes of every length and value come back")
    func roundTrips() {
        for count in 0..<300 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ count) }
            let text = Base64.encode(bytes)
            #expect(text.utf8.count == (count + 2) / 3 * 4)
            #expect(Base64.decode(text) == bytes)
        }
    }

    static let refused = [
        "Z", "Zg", "Zg=", "Zg===", "Zg====", "=", "==", "====", "A===", "Zm9vY", "Zm9v=", "Zm9v====", "Zg==Zg==",
        "Z=g=", "=Zg=",
        "Zm8=Zm8=", "Zm9v\n", "Zm 9", "Zm9-", "Zm9_", "Zm9é", "\0\0\0\0",
        // Bits behind the last byte are zero (section 3.5).
        "Zh==", "Zm9=", "/x==", "//9=",
    ]

    @Test("What is not padded, canonical base64 is refused", arguments: refused)
    func refuses(_ text: String) { #expect(Base64.decode(text) == nil) }
}
