import Testing

@testable import Vocabulary

@Suite struct BytesTests {
    @Test("Numbers are appended as they are printed")
    func appendsNumbers() {
        for number in [0, 1, 9, 10, 99, 100, 12_345, -1, -10, .max, .min] as [Int64] {
            var bytes: [UInt8] = []
            bytes.append(decimal: number)
            #expect(String(decoding: bytes, as: UTF8.self) == "\(number)")
        }
        var bytes: [UInt8] = []
        bytes.append(decimal: UInt64.max)
        #expect(String(decoding: bytes, as: UTF8.self) == "\(UInt64.max)")
    }

    @Test("Powers of ten, and the numbers before them, have their own length")
    func appendsPowersOfTen() {
        var power: UInt64 = 1
        for _ in 0..<20 {
            for number in [power - 1, power, power + 1] {
                var bytes = Array("x".utf8)
                bytes.append(decimal: number)
                #expect(String(decoding: bytes, as: UTF8.self) == "x\(number)")
            }
            power &*= 10
        }
    }

    @Test("A piece is appended at its length, whatever room was asked for")
    func appendsPieces() {
        var bytes: [UInt8] = []
        for length in 0...300 {
            bytes.append(atMost: 300) { end in
                for place in 0..<length { end[place] = UInt8(truncatingIfNeeded: length) }
                return length
            }
        }
        #expect(bytes == (0...300).flatMap { Array(repeating: UInt8(truncatingIfNeeded: $0), count: $0) })
        bytes.append(atMost: 0) { _ in 0 }
        #expect(bytes.count == 300 * 301 / 2)
    }

    @Test("A number of a given width has zeros in front")
    func appendsWidths() {
        var bytes: [UInt8] = []
        bytes.append(decimal: 7, width: 1)
        bytes.append(decimal: 7, width: 3)
        bytes.append(decimal: 0, width: 2)
        bytes.append(" é")
        #expect(String(decoding: bytes, as: UTF8.self) == "700700 é")
    }
}
