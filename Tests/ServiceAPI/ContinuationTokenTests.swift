import Testing
import Vocabulary

@testable import ServiceAPI

/// What a client hands back to go on reading is its own token, or nothing.
@Suite struct ContinuationTokenTests {
    private let token = ContinuationToken(result: .max, offset: 1_000_000, query: 77, pageSize: 100)

    @Test func `A token is read back by the process that made it`() {
        #expect(ContinuationToken(token.text(secret: 5), secret: 5) == token)
        #expect(ContinuationToken(token.text(secret: 5), secret: 6) == nil)
    }

    @Test func `One that was changed anywhere is none`() throws {
        let bytes = try #require(Base64.decode(token.text(secret: 5)))
        for place in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[place] ^= 1 << UInt8(bit)
                #expect(ContinuationToken(Base64.encode(changed), secret: 5) == nil)
            }
        }
    }

    @Test(arguments: [
        "", "x", "AAAA", "\u{0}", String(repeating: "A", count: 54), String(repeating: "/", count: 53) + "8=",
    ])
    func `What was never a token is none`(_ text: String) { #expect(ContinuationToken(text, secret: 5) == nil) }
}
