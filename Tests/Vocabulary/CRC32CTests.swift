import Testing

@testable import Vocabulary

@Suite struct CRC32CTests {
    /// RFC 3720 section B.4, and the check value of the catalogues.
    static let vectors: [(bytes: [UInt8], sum: UInt32)] = [
        ([UInt8](repeating: 0, count: 32), 0x8A91_36AA), ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
        (Array(0...31), 0x46DD_794E), (Array((0...31).reversed()), 0x113F_DB5C), (Array("123456789".utf8), 0xE306_9283),
        ([], 0),
    ]

    @Test("The sums are those of RFC 3720, by instruction and by table", arguments: vectors)
    func sums(_ sample: (bytes: [UInt8], sum: UInt32)) {
        #expect(sample.bytes.withUnsafeBytes { CRC32C.checksum($0) } == sample.sum)
        #expect(sample.bytes.withUnsafeBytes { CRC32C.portable($0) } == sample.sum)
    }

    @Test("Instruction, table and a bit at a time agree, wherever the bytes begin and are cut")
    func agrees() {
        func slow(_ bytes: some Sequence<UInt8>) -> UInt32 {
            ~bytes.reduce(~0 as UInt32) { value, byte in
                (0..<8).reduce(value ^ UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0x82F6_3B78 : sum >> 1 }
            }
        }
        let bytes = (0..<200).map { UInt8(truncatingIfNeeded: $0 &* $0 &+ 13) }
        for start in 0..<9 {
            for end in stride(from: start, through: bytes.count, by: 7) {
                bytes[start..<end].withUnsafeBytes { piece in
                    let expected = slow(piece)
                    #expect(CRC32C.checksum(piece) == expected)
                    #expect(CRC32C.portable(piece) == expected)
                    let cut = piece.count / 3
                    let first = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: piece[..<cut]))
                    #expect(
                        CRC32C.checksum(UnsafeRawBufferPointer(rebasing: piece[cut...]), continuing: first) == expected)
                    let table = CRC32C.portable(UnsafeRawBufferPointer(rebasing: piece[..<cut]))
                    #expect(
                        CRC32C.portable(UnsafeRawBufferPointer(rebasing: piece[cut...]), continuing: table) == expected)
                }
            }
        }
    }
}
