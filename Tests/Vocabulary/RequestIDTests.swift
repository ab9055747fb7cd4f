import Testing

@testable import Vocabulary

@Suite struct RequestIDTests {
    @Test("An id is a random UUID (RFC 9562 section 5.4), whatever bits it is made of")
    func isAVersion4UUID() {
        #expect(RequestID(high: 0, low: 0).dashed == "00000000-0000-4000-8000-000000000000")
        #expect(RequestID(high: .max, low: .max).dashed == "ffffffff-ffff-4fff-bfff-ffffffffffff")
        #expect(
            RequestID(high: 0x0123_4567_89AB_CDEF, low: 0x0123_4567_89AB_CDEF).dashed
                == "01234567-89ab-4def-8123-456789abcdef")
    }

    @Test("Its two forms differ by the dashes, and both are read back")
    func hasTwoForms() {
        let id = RequestID(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210)
        #expect(id.plain == id.dashed.filter { $0 != "-" })
        #expect(id.beginning == "0123456789ab" && id.plain.hasPrefix(id.beginning))
        #expect(RequestID(id.plain) == id)
        #expect(RequestID(id.dashed) == id)
        #expect(RequestID(id.dashed.uppercased()) == id)
    }

    @Test(
        "Other text is no id",
        arguments: [
            "", "-", "0123", "0123456789abcdef0123456789abcde", "0123456789abcdef0123456789abcdef0",
            "g123456789abcdef0123456789abcdef",
        ])
    func refuses(_ text: String) { #expect(RequestID(text) == nil) }

    @Test("Ids come from the environment's randomness, high half first")
    func comesFromTheEnvironment() {
        let environment = Environment(now: { .never }, uptimeMilliseconds: { 0 }) { buffer in
            for index in buffer.indices { buffer[index] = 0x11 }
        }
        #expect(environment.requestID().plain == "11111111111141119111111111111111")
        #expect(environment.randomBytes(3) == [0x11, 0x11, 0x11])
        #expect(Environment.system.requestID() != Environment.system.requestID())
    }
}
