import Vocabulary

/// Where a reader of pages has come to. Opaque to clients: base64 of four numbers and a checksum that only this process can make.
struct ContinuationToken: Equatable {
    /// The kept result.
    let result: UInt64
    /// The first row of the next page.
    let offset: Int
    /// Of the query's text.
    let query: UInt64
    let pageSize: Int

    init(result: UInt64, offset: Int, query: UInt64, pageSize: Int) {
        self.result = result
        self.offset = offset
        self.query = query
        self.pageSize = pageSize
    }

    func text(secret: UInt64) -> String { Base64.encode(bytes + Self.bytes([checksum(secret)])) }

    /// Nil for what `text` has not made.
    init?(_ text: String, secret: UInt64) {
        guard let bytes = Base64.decode(text), bytes.count == 40 else { return nil }
        let numbers = (0..<5).map { part in
            bytes[part * 8..<part * 8 + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
        guard let offset = Int(exactly: numbers[1]), let size = Int(exactly: numbers[3]) else { return nil }
        self.init(result: numbers[0], offset: offset, query: numbers[2], pageSize: size)
        guard checksum(secret) == numbers[4] else { return nil }
    }

    private var bytes: [UInt8] { Self.bytes([result, UInt64(offset), query, UInt64(pageSize)]) }

    private func checksum(_ secret: UInt64) -> UInt64 {
        bytes.reduce(secret) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 ^ ($0 >> 29) }
    }

    private static func bytes(_ numbers: [UInt64]) -> [UInt8] {
        numbers.flatMap { number in (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - $0 * 8)) } }
    }
}
