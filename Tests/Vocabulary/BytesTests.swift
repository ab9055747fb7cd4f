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
