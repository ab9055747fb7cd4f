import Testing

@testable import Vocabulary

@Suite struct HexTests {
    @Test("Digits have their values, in either case, and nothing else has one")
    func readsDigits() {
        for byte in UInt8.min...UInt8.max {
            let isDigit = byte < 0x80 && Character(UnicodeScalar(byte)).isHexDigit
            #expect(Hex.value(byte).map(Int.init) == (isDigit ? Int(String(UnicodeScalar(byte)), radix: 16) : nil))
        }
    }

    @Test("Bytes are two lower-case digits each")
    func writesBytes() {
        #expect(Hex.encode([]) == "")
        #expect(Hex.encode([0x00, 0x0F, 0xA5, 0xFF]) == "000fa5ff")
    }
}
