import Vocabulary

/// Character classes of RFC 9110 section 5.6.2 and RFC 9112.
enum HTTPCharacters {
    /// `tchar`: what methods and field names are made of.
    static let isToken: [Bool] = {
        var table = [Bool](repeating: false, count: 256)
        for byte in "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8 {
            table[Int(byte)] = true
        }
        return table
    }()

    /// `field-vchar`, SP and HTAB: what field values are made of.
    @inline(__always)
    static func isFieldValue(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F || byte == 0x09 }

    /// The first byte from here on that no field value holds, or the end: eight bytes a step.
    static func endOfFieldValue(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var position = start
        while true {
            while position &+ 8 <= bytes.count {
                let stops = others(bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
                position &+= stops == 0 ? 8 : stops.littleEndian.trailingZeroBitCount >> 3
                if stops != 0 { break }
            }
            guard position < bytes.count, isFieldValue(bytes[position]) else { return position }
            position &+= 1
        }
    }

    /// The highest bit of the first byte that is DEL or below SP; behind that one, bits mean nothing.
    @inline(__always)
    private static func others(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let controls = (word &- ones &* 0x20) & ~word
        let deletes = word ^ (ones &* 0x7F)
        return (controls | (deletes &- ones) & ~deletes) & (ones &* 0x80)
    }

    /// The bit that makes an upper-case letter a lower-case one; 0 for everything else.
    @inline(__always)
    static func caseBit(_ byte: UInt8) -> UInt8 { byte &- UInt8(ascii: "A") < 26 ? 0x20 : 0 }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes are this text.
    func equals(_ text: StaticString) -> Bool {
        isEqual(to: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Whether the bytes are this text, which is given in lower case.
    func equalsIgnoringCase(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        for index in 0..<count where self[index] | HTTPCharacters.caseBit(self[index]) != text.utf8Start[index] {
            return false
        }
        return true
    }

    func equalsIgnoringCase(_ other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        for index in 0..<count
        where self[index] | HTTPCharacters.caseBit(self[index]) != other[index] | HTTPCharacters.caseBit(other[index]) {
            return false
        }
        return true
    }
}
