import Testing

@testable import Defender

@Suite("The property mti of micro agents (defender.md section 5.6)")
struct SecurityMessageTypeTests {
    @Test("Encoding and source are read")
    func reads() throws {
        let rtos = try #require(SecurityMessageType("2.3-1-0-0"))
        #expect(rtos.major == 2 && rtos.minor == 3 && rtos.encoding == .flatBuffers && rtos.source == .azureRTOS)
        let linux = try #require(SecurityMessageType("2.3-0-1-0"))
        #expect(linux.encoding == .json && linux.source == .linux)
    }

    @Test(
        "Anything else is no mti",
        arguments: [
            "", "2.3", "2.3-1-0", "2.3-1-0-0-0", "2-1-0-0", "2.3-2-0-0", "2.3-1-2-0", "2.3-1-0-1", "2.+3-1-0-0",
            "300.1-1-0-0",
        ])
    func refuses(text: String) { #expect(SecurityMessageType(text) == nil) }
}
