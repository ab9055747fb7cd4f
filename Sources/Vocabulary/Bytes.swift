import Glibc

extension [UInt8] {
    /// Appends what `write` puts at its pointer, at most `capacity` bytes; it answers how many. However many pieces that is made
    /// of, the array is asked for room once.
    @inlinable
    public mutating func append(atMost capacity: Int, _ write: (UnsafeMutablePointer<UInt8>) -> Int) {
        append(addingCapacity: capacity) { span in
            span.withUnsafeMutableBufferPointer { buffer, initialized in
                guard let base = buffer.baseAddress else { return }
                initialized &+= write(base + initialized)
            }
        }
    }

    /// Appends a literal's UTF-8 bytes without making a `String`.
    @inlinable
    public mutating func append(_ literal: StaticString) {
        append(atMost: literal.utf8CodeUnitCount) { end in
            end.update(from: literal.utf8Start, count: literal.utf8CodeUnitCount)
            return literal.utf8CodeUnitCount
        }
    }

    /// Appends a string's UTF-8 bytes. Literals are not made a string for that.
    @inlinable
    @_disfavoredOverload
    public mutating func append(_ text: String) { append(contentsOf: text.utf8) }

    /// Appends a number in decimal digits.
    @inlinable
    public mutating func append(decimal value: some BinaryInteger) {
        if value < 0 { append(UInt8(ascii: "-")) }
        append(digitsOf: UInt64(value.magnitude))
    }

    /// The digits of the largest number; ten times as much as its last power of ten would be none.
    private static let longestNumber = 20

    @usableFromInline
    mutating func append(digitsOf value: UInt64) {
        var width = 1
        var bound: UInt64 = 10
        while value >= bound, width < Self.longestNumber {
            width &+= 1
            bound = bound &* 10
        }
        append(atMost: width) { end in
            var rest = value
            for place in stride(from: width - 1, through: 0, by: -1) {
                end[place] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
            return width
        }
    }

    /// Appends a non-negative number in exactly `width` decimal digits, zeros in front; higher digits are left out.
    public mutating func append(decimal value: Int64, width: Int) {
        let width = Swift.max(width, 1)
        append(atMost: width) { end in
            var rest = UInt64(bitPattern: value)
            for place in stride(from: width - 1, through: 0, by: -1) {
                end[place] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
            return width
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
