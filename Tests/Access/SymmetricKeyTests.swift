import Testing
import Vocabulary

@testable import Access

@Suite struct SymmetricKeyTests {
    @Test("A key is 16 to 64 bytes, given back as it came (rest.md section 19)", arguments: 0...80)
    func hasALength(_ count: Int) {
        let text = Base64.encode([UInt8](repeating: 0xA5, count: count))
        #expect((try? SymmetricKey(base64: text))?.base64 == ((16...64).contains(count) ? text : nil))
    }

    @Test(
        "What is no base64 is told in the hub's words",
        arguments: ["", "short", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", "é"])
    func refuses(_ text: String) {
        let error = #expect(throws: HubError.self) { try SymmetricKey(base64: text) }
        #expect(error?.code == .argumentInvalid)
        #expect(error?.text.contains("Invalid device key length") == true)
    }

    @Test("A made key has 32 random bytes")
    func generates() {
        let keys = (0..<20).map { _ in SymmetricKey.generate(.system) }
        #expect(keys.allSatisfy { $0.bytes.count == 32 })
        #expect(Set(keys).count == keys.count)
    }
}
