import Glibc

extension [UInt8] {
    /// Appends a literal's UTF-8 bytes without making a `String`.
    @inlinable
    public mutating func append(_ literal: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    /// Appends a string's UTF-8 bytes.
    @inlinable
    public mutating func append(_ text: String) { append(contentsOf: text.utf8) }

    /// Appends a number in decimal digits.
    @inlinable
    public mutating func append(decimal value: some BinaryInteger) {
        if value < 0 { append(UInt8(ascii: "-")) }
        append(digitsOf: UInt64(value.magnitude))
    }

    @usableFromInline
    mutating func append(digitsOf value: UInt64) {
        guard value >= 10 else { return append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value)) }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var rest = value
            var start = 20
            while rest > 0 {
                start &-= 1
                digits[start] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
            append(contentsOf: UnsafeBufferPointer(rebasing: digits[start..<20]))
        }
    }

    /// Appends a non-negative number in exactly `width` decimal digits, zeros in front; higher digits are left out.
    public mutating func append(decimal value: Int64, width: Int) {
        let width = Swift.max(width, 1)
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: width) { digits in
            var rest = UInt64(bitPattern: value)
            for place in (0..<width).reversed() {
                digits[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
            append(contentsOf: digits)
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes are the same; as fast as memory allows, where `elementsEqual` goes byte by byte.
    public func isEqual(to other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count, let own = baseAddress, let others = other.baseAddress else {
            return count == other.count
        }
        return memcmp(own, others, count) == 0
    }
}
