import Glibc

/// Reads a topic name from its beginning.
struct TopicCursor {
    /// What has not been read.
    private(set) var bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { bytes.isEmpty }

    var hasWildcard: Bool { bytes.contains { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") } }

    mutating func skip(_ literal: StaticString) -> Bool {
        skip(UnsafeRawBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    mutating func skip(_ text: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count >= text.count else { return false }
        if let start = bytes.baseAddress, let other = text.baseAddress, memcmp(start, other, text.count) != 0 {
            return false
        }
        bytes = UnsafeRawBufferPointer(rebasing: bytes[text.count...])
        return true
    }

    /// Skips `device` or `device/modules/module`, given the identity's key; and stands at the level's end.
    mutating func skip(identity key: String) -> Bool {
        var key = key
        return key.withUTF8 { key in
            let key = UnsafeRawBufferPointer(key)
            var skipped = self
            if let slash = key.firstIndex(of: UInt8(ascii: "/")) {
                guard skipped.skip(UnsafeRawBufferPointer(rebasing: key[..<slash])), skipped.skip("/modules/"),
                    skipped.skip(UnsafeRawBufferPointer(rebasing: key[(slash + 1)...]))
                else { return false }
            } else {
                guard skipped.skip(key) else { return false }
            }
            guard skipped.isAtEnd || skipped.bytes[0] == UInt8(ascii: "/") else { return false }
            self = skipped
            return true
        }
    }

    /// The number that stands before the next `separator`, which is skipped too; nil where there is none.
    mutating func number(before separator: UInt8) -> Int64? {
        guard let end = bytes.firstIndex(of: separator) else { return nil }
        let digits = UnsafeRawBufferPointer(rebasing: bytes[..<end])
        bytes = UnsafeRawBufferPointer(rebasing: bytes[(end + 1)...])
        return Self.number(digits)
    }

    /// Decimal digits, with a `-` or without.
    static func number(_ text: UnsafeRawBufferPointer) -> Int64? {
        let isNegative = text.first == UInt8(ascii: "-")
        let digits = text.dropFirst(isNegative ? 1 : 0)
        // 18 digits fit.
        guard !digits.isEmpty, digits.count <= 18 else { return nil }
        var value: Int64 = 0
        for digit in digits {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
            value = value * 10 + Int64(digit - UInt8(ascii: "0"))
        }
        return isNegative ? -value : value
    }
}
