import Testing
import Vocabulary

@testable import Access

@Suite struct ThumbprintTests {
    @Test("40 or 64 hexadecimal digits are one, in either case", arguments: [40, 64])
    func accepts(_ count: Int) throws {
        for text in [
            String(repeating: "a", count: count), String(repeating: "F", count: count),
            String(repeating: "0", count: count),
        ] {
            #expect(try Thumbprint(text).text == text)
        }
    }

    static let refused = [
        "", String(repeating: "a", count: 39), String(repeating: "a", count: 41), String(repeating: "a", count: 63),
        String(repeating: "a", count: 65), String(repeating: "g", count: 40), String(repeating: "aa:", count: 20),
        String(repeating: "aa ", count: 20), "0x" + String(repeating: "a", count: 38),
        String(repeating: "é", count: 20),
    ]

    @Test("Anything else is told in the hub's word (rest.md section 4.4)", arguments: refused)
    func refuses(_ text: String) {
        let error = #expect(throws: HubError.self) { try Thumbprint(text) }
        #expect(error?.code == .argumentInvalid)
        #expect(error?.text.contains("StringIsNotThumbprint") == true)
    }
}
