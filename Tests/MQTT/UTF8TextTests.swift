import TestSupport
import Testing

@testable import MQTT

@Suite struct UTF8TextTests {
    @Test("Text is what the standard library takes for UTF-8, without U+0000")
    func agreesWithTheStandardLibrary() {
        var random = SeededRandom(seed: 3)
        let pieces: [[UInt8]] = [
            [0x61], [0x7F], [0x01], Array("abcdefgh".utf8), [0xC2, 0x80], [0xDF, 0xBF], [0xE0, 0xA0, 0x80],
            [0xED, 0x9F, 0xBF], [0xEE, 0x80, 0x80], [0xEF, 0xBF, 0xBF], [0xF0, 0x90, 0x80, 0x80],
            [0xF4, 0x8F, 0xBF, 0xBF],
        ]
        let faults: [[UInt8]] = [
            [0], [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xE0, 0x9F, 0xBF], [0xE0, 0xA0],
            [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x90, 0x80],
            [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xF8], [0xFE], [0xFF], [0xE1, 0x80, 0x41],
        ]
        var refused = 0
        for round in 0..<4000 {
            var bytes = (0..<Int.random(in: 0..<6, using: &random)).flatMap { _ in pieces.randomElement(using: &random)!
            }
            if round % 2 == 0 {
                bytes.insert(
                    contentsOf: faults.randomElement(using: &random)!,
                    at: Int.random(in: 0...bytes.count, using: &random))
            }
            let expected = String(validating: bytes, as: UTF8.self) != nil && !bytes.contains(0)
            if !expected { refused += 1 }
            #expect(bytes.withUnsafeBytes(UTF8Text.isValid) == expected, "\(bytes)")
        }
        #expect(refused > 1000)
    }
}
