/// What a text field may hold: well-formed UTF-8 (RFC 3629), so neither surrogates nor overlong forms [MQTT-1.5.3-1],
/// and no U+0000 [MQTT-1.5.3-2]. Control characters and non-characters are allowed; the standard only advises
/// against them.
enum UTF8Text {
    static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < bytes.count {
            // Eight ASCII characters at a time, none of them zero.
            while index + 8 <= bytes.count {
                let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                let zeros = (word &- 0x0101_0101_0101_0101) & ~word
                guard (word | zeros) & 0x8080_8080_8080_8080 == 0 else { break }
                index += 8
            }
            guard index < bytes.count else { break }
            guard let length = scalarLength(bytes, at: index) else { return false }
            index += length
        }
        return true
    }

    /// The length of the scalar that begins here; nil where none does.
    private static func scalarLength(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Int? {
        let first = bytes[index]
        // The second byte's range keeps out overlong forms, surrogates and what lies beyond U+10FFFF.
        let length: Int
        let second: ClosedRange<UInt8>
        switch first {
        case 0x01...0x7F: return 1
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return nil
        }
        guard index + length <= bytes.count, second.contains(bytes[index + 1]) else { return nil }
        for offset in 2..<max(length, 2) where bytes[index + offset] & 0xC0 != 0x80 { return nil }
        return length
    }
}
