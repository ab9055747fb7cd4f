import Glibc

/// Walks along one line's fixed members.
struct LineCursor {
    private let line: UnsafeRawBufferPointer
    private(set) var position = 0

    init(_ line: UnsafeRawBufferPointer) { self.line = line }

    /// Steps over this text; false, and stays, where something else stands here.
    @inline(__always)
    mutating func skip(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard position + count <= line.count, memcmp(line.baseAddress! + position, text.utf8Start, count) == 0 else {
            return false
        }
        position += count
        return true
    }

    /// A decimal number of at most 19 digits.
    @inline(__always)
    mutating func number() -> UInt64? {
        let start = position
        var value: UInt64 = 0
        while position < line.count, position - start < 19 {
            let digit = line[position] &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            value = value &* 10 &+ UInt64(digit)
            position += 1
        }
        return position > start ? value : nil
    }

    /// The text up to the next quotation mark, and steps over it.
    @inline(__always)
    mutating func untilQuote() -> Range<Int>? {
        let start = position
        while position < line.count, line[position] != UInt8(ascii: "\"") { position += 1 }
        guard position < line.count else { return nil }
        position += 1
        return start..<position - 1
    }
}
