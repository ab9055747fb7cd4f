/// Well-formed byte sequences of UTF-8 (Unicode standard, table 3-7).
enum UTF8Sequence {
    /// How many bytes the sequence at `position` has, 2 to 4; 0 where it is not well-formed: overlong, cut short, a
    /// surrogate, or beyond U+10FFFF.
    static func length(at position: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        let lead = bytes[position]
        let second: ClosedRange<UInt8>
        let length: Int
        switch lead {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return 0
        }
        guard position + length <= bytes.count, second.contains(bytes[position + 1]) else { return 0 }
        for index in position + 2..<max(position + 2, position + length) where bytes[index] & 0xC0 != 0x80 { return 0 }
        return length
    }
}
