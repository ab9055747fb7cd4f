import Testing

@testable import Vocabulary

@Suite struct VocabularyTests {
    /// RFC 4648 section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func `Base64 is RFC 4648's`(_ plain: String, _ encoded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(plain.utf8))
    }

    @Test(arguments: ["Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zg==Zg==", "Z*==", "====", "Zm 9v", "Zm9v\n"])
    func `What is not canonical base64 is refused`(_ text: String) { #expect(Base64.decode(text) == nil) }

    /// The check value of CRC-32C, and RFC 3720 appendix B.4.
    @Test func `The checksum is CRC-32C`() {
        func crc(_ bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBytes { CRC32C.checksum($0) } }
        #expect(crc(Array("123456789".utf8)) == 0xE306_9283)
        #expect(crc([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(crc([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(crc(Array(0..<32)) == 0x46DD_794E)
    }

    /// twins.md section 1: up to seven digits, trailing zeros trimmed.
    @Test(arguments: [
        "0001-01-01T00:00:00Z", "2021-02-13T17:56:23.2704925Z", "2022-05-16T15:27:28.686042Z", "2024-02-29T23:59:59Z",
        "9999-12-31T23:59:59.9999999Z",
    ])
    func `Times are printed as they are read`(_ text: String) { #expect(Timestamp(text)?.description == text) }

    @Test func `A time may come without its Z, and with more digits than count`() {
        #expect(Timestamp("2021-02-13T17:56:23")?.description == "2021-02-13T17:56:23Z")
        #expect(Timestamp("2021-02-13T17:56:23.123456789Z")?.description == "2021-02-13T17:56:23.1234567Z")
        #expect(Timestamp(unixSeconds: 1_893_456_000).description == "2030-01-01T00:00:00Z")
        #expect(Timestamp("1970-01-01T00:00:00Z")?.unixSeconds == 0)
    }

    @Test(arguments: [
        "", "2021", "2021-02-13", "2021-13-13T00:00:00Z", "2021-02-32T00:00:00Z", "2021-02-13T24:00:00Z",
        "2021-02-13T00:60:00Z", "2021-02-13T00:00:00.Z", "2021-02-13T00:00:00Zx", "2021-02-13T00:00:00+01:00",
        "0000-01-01T00:00:00Z",
    ])
    func `What is no time is refused`(_ text: String) { #expect(Timestamp(text) == nil) }

    @Test(arguments: [("a b", "a%20b"), ("ä", "%C3%A4"), ("a-._~Z9", "a-._~Z9"), ("+/=&", "%2B%2F%3D%26"), ("", "")])
    func `Percent-encoding leaves only the unreserved alone`(_ plain: String, _ encoded: String) {
        #expect(PercentCoding.encode(plain) == encoded)
        #expect(PercentCoding.decode(encoded) == plain)
    }

    @Test(arguments: ["%", "%4", "%zz", "%C3"]) func `Bad percent-encoding is refused`(_ text: String) {
        #expect(PercentCoding.decode(text) == nil)
    }

    @Test func `A plus stays a plus`() { #expect(PercentCoding.decode("a+b%2b") == "a+b+") }

    @Test func `Ids hold what rest.md section 19 allows, up to 128`() throws {
        let all = "ABCxyz019-:.+%_#*?!(),=@;$'"
        #expect(try TwinID(device: all).device == all)
        #expect(try TwinID(device: String(repeating: "x", count: 128)).isModule == false)
        for bad in ["", "a b", "a/b", "ä", "a\"b", "a<b", "a\nb", String(repeating: "x", count: 129)] {
            #expect(throws: HubError.self) { try TwinID(device: bad) }
            #expect(throws: HubError.self) { try TwinID(device: "d", module: bad) }
        }
        let module = try TwinID(device: "d", module: "m")
        #expect(module.key == "d/m" && module.owner.key == "d" && module.module == "m")
    }

    @Test func `A precondition is read quoted, bare, weak or as a list`() {
        #expect(Precondition(header: nil) == .none && Precondition(header: "\"\"") == .none)
        #expect(Precondition(header: "*") == .any && Precondition(header: "\"*\"") == .any)
        for text in ["\"AAA=\"", "AAA=", "W/\"AAA=\""] { #expect(Precondition(header: text) == .matching(["AAA="])) }
        #expect(Precondition(header: "\"a\", \"b\"") == .matching(["a", "b"]))
    }

    @Test func `A twin's ETag counts in base64 of eight bytes`() {
        var text: [UInt8] = []
        ETag.appendTwin(1, to: &text)
        #expect(String(decoding: text, as: UTF8.self) == "AAAAAAAAAAE=")
        #expect(ETag.decimalCounter(ETag.decimal(123_456_789)) == 123_456_789)
        #expect(ETag.decimalCounter("AAAAAAAAAAE=") == nil)
    }

    @Test func `A request's name is a version 4 UUID in both forms`() throws {
        let id = RequestID(high: .max, low: .max)
        #expect(id.dashed == "ffffffff-ffff-4fff-bfff-ffffffffffff")
        #expect(id.plain == "ffffffffffff4fffbfffffffffffffff")
        #expect(RequestID(id.dashed) == id && RequestID(id.plain) == id && RequestID("xyz") == nil)
    }

    @Test func `Every code's number begins with its status, and names no other`() {
        for code in ErrorCode.all {
            #expect((400...504).contains(code.status) && code.number / 1000 == code.status)
            #expect(!code.name.description.isEmpty)
        }
        #expect(Set(ErrorCode.all.map(\.number)).count == ErrorCode.all.count)
        #expect(Set(ErrorCode.all.map(\.name.description)).count == ErrorCode.all.count)
    }
}
