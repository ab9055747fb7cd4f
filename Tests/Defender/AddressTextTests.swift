import Testing

@testable import Defender

@Suite("Addresses in payloads (defender.md section 5.2; RFC 4291 section 2.2)")
struct AddressTextTests {
    @Test(
        "Addresses",
        arguments: ["10.0.0.1", "0.0.0.0", "::", "::1", "fe80::1", "1:2:3:4:5:6:7:8", "::ffff:10.0.0.1", "1::"])
    func holds(text: String) { #expect(AddressText.holds(text)) }

    @Test(
        "No addresses",
        arguments: [
            "", "?", "10.0.0", "10.0.0.256", "10.0.0.01", "1.2.3.+4", "1:2:3:4:5:6:7", "1::2::3", ":::", "12345::",
            "g::", "10.0.0.1::", "1:2:3:4:5:6:7:8:9", "fe80::1%eth0",
        ])
    func refuses(text: String) { #expect(!AddressText.holds(text)) }
}
