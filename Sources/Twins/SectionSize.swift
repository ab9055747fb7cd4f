import JSON

/// How the service measures a section: over all properties, the bytes of the name and the value's size. A string has its
/// UTF-8 bytes without control characters, a number 8, a boolean 4, objects and arrays what is in them (twins.md
/// section 7).
enum SectionSize {
    /// No byte of source text stands for more than this: `1,` in an array counts 8.
    private static let mostPerByte = 4

    /// Whether an object, given as the hub writes it, is larger than `limit`. Parses it only where that is near.
    static func exceeds(_ limit: Int, _ object: [UInt8]) throws(JSONError) -> Bool {
        guard object.count * mostPerByte > limit else { return false }
        return try object.withUnsafeBufferPointer { bytes throws(JSONError) in
            try JSONTape.reading(bytes) { tape in size(of: 0, tape) > limit }
        }
    }

    /// The size of an object, as the hub writes it.
    static func size(of node: Int, _ tape: JSONTape) -> Int {
        switch tape.kind(node) {
        case .null: return 0
        case .bool: return 4
        case .number: return 8
        case .string: return length(of: node, tape)
        case .object:
            var sum = 0
            var cursor = MemberCursor(tape, object: node, metadata: nil)
            while cursor.isAtMember {
                sum += length(of: cursor.key, tape) + size(of: cursor.value, tape)
                cursor.advance()
            }
            return sum
        case .array:
            var sum = 0
            var element = node + 1
            while element < tape.next(node) {
                sum += size(of: element, tape)
                element = tape.next(element)
            }
            return sum
        }
    }

    /// A string's UTF-8 bytes without control characters (U+0000-001F, U+007F-009F). Names hold none.
    private static func length(of string: Int, _ tape: JSONTape) -> Int {
        guard tape[string].isEscaped else { return countWithoutControls(tape.content(string)) }
        var decoded: [UInt8] = []
        JSONText.appendDecoded(tape.content(string), to: &decoded)
        return decoded.withUnsafeBufferPointer(countWithoutControls)
    }

    private static func countWithoutControls(_ text: UnsafeBufferPointer<UInt8>) -> Int {
        var count = text.count
        for (index, byte) in text.enumerated() {
            if byte < 0x20 || byte == 0x7F { count -= 1 }
            if byte == 0xC2, text[index + 1] < 0xA0 { count -= 2 }
        }
        return count
    }
}
