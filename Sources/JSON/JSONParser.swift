/// Reads a text in one pass into a tape, checking all of it: grammar, UTF-8, escapes, numbers, depth (RFC 8259).
///
/// No stack of its own: while a container is open, its node's `next` holds the container around it.
struct JSONParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let limits: JSONLimits
    private var position = 0
    private var depth = 0
    private var tape: [TapeNode] = []

    /// The tape of `bytes`. Offsets count from the start of `bytes`; one UTF-8 byte order mark is skipped (rest.md
    /// section 20).
    static func parse(_ bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits) throws(JSONError) -> [TapeNode] {
        guard bytes.count <= limits.length else { throw JSONError(.tooLong(limit: limits.length), at: limits.length) }
        var parser = JSONParser(bytes: bytes, limits: limits)
        parser.tape.reserveCapacity(bytes.count / 8 + 4)
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { parser.position = 3 }
        try parser.document()
        return parser.tape
    }

    private init(bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    private static let none = Int(UInt32.max)

    private mutating func document() throws(JSONError) {
        var container = Self.none
        values: while true {
            let first = try significant()
            switch first {
            case UInt8(ascii: "{"):
                container = try open(.object, in: container)
                if try significant() == UInt8(ascii: "}") {
                    container = close(container)
                } else {
                    try key()
                    continue values
                }
            case UInt8(ascii: "["):
                container = try open(.array, in: container)
                if try significant() == UInt8(ascii: "]") {
                    container = close(container)
                } else {
                    continue values
                }
            default: try scalar(first)
            }
            // Behind a value: separators lead to the next one, closing brackets to what stands behind their container.
            while container != Self.none {
                if tape[container].count < TapeNode.manyChildren { tape[container].count += 1 }
                let byte = try significant()
                let isObject = tape[container].kind == .object
                if byte == UInt8(ascii: ",") {
                    position += 1
                    if isObject {
                        _ = try significant()
                        try key()
                    }
                    continue values
                }
                guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { throw unexpected(byte) }
                container = close(container)
            }
            skipWhitespace()
            guard position == bytes.count else { throw JSONError(.trailingBytes, at: position) }
            return
        }
    }

    private mutating func open(_ kind: JSONValue.Kind, in container: Int) throws(JSONError) -> Int {
        depth += 1
        guard depth <= limits.depth else { throw JSONError(.tooDeep(limit: limits.depth), at: position) }
        tape.append(TapeNode(kind, offset: position, length: 0, next: container, isMarked: false))
        position += 1
        return tape.count - 1
    }

    /// Ends the container at the bracket under `position` and gives back the one around it.
    private mutating func close(_ container: Int) -> Int {
        position += 1
        depth -= 1
        let around = tape[container].next
        tape[container].length = UInt32(truncatingIfNeeded: position) &- tape[container].offset
        tape[container].next = UInt32(truncatingIfNeeded: tape.count)
        return around == UInt32.max ? Self.none : Int(around)
    }

    private mutating func key() throws(JSONError) {
        let byte = bytes[position]
        guard byte == UInt8(ascii: "\"") else { throw unexpected(byte) }
        try string()
        let colon = try significant()
        guard colon == UInt8(ascii: ":") else { throw unexpected(colon) }
        position += 1
    }

    private mutating func scalar(_ first: UInt8) throws(JSONError) {
        switch first {
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
        case UInt8(ascii: "t"): try word("true", .bool, isMarked: true)
        case UInt8(ascii: "f"): try word("false", .bool, isMarked: false)
        case UInt8(ascii: "n"): try word("null", .null, isMarked: false)
        default: throw unexpected(first)
        }
    }

    private mutating func word(_ word: StaticString, _ kind: JSONValue.Kind, isMarked: Bool) throws(JSONError) {
        let start = position
        for index in 0..<word.utf8CodeUnitCount {
            guard position < bytes.count else { throw JSONError(.unexpectedEnd, at: position) }
            guard bytes[position] == word.utf8Start[index] else { throw unexpected(bytes[position]) }
            position += 1
        }
        append(kind, from: start, isMarked: isMarked)
    }

    private mutating func number() throws(JSONError) {
        let start = position
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        guard position < bytes.count else { throw JSONError(.unexpectedEnd, at: position) }
        if bytes[position] == UInt8(ascii: "0") {
            position += 1
            if position < bytes.count, isDigit(bytes[position]) { throw JSONError(.invalidNumber, at: position) }
        } else {
            try digits()
        }
        var isInteger = true
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            try digits()
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
            }
            try digits()
        }
        guard position - start <= limits.numberLength else {
            throw JSONError(.numberTooLong(limit: limits.numberLength), at: start)
        }
        append(.number, from: start, isMarked: isInteger)
    }

    private mutating func digits() throws(JSONError) {
        let start = position
        while position < bytes.count, isDigit(bytes[position]) { position += 1 }
        guard position > start else {
            throw position == bytes.count
                ? JSONError(.unexpectedEnd, at: position) : JSONError(.invalidNumber, at: position)
        }
    }

    private mutating func string() throws(JSONError) {
        let start = position
        position += 1
        var isEscaped = false
        while true {
            skipPlainText()
            guard position < bytes.count else { throw JSONError(.unexpectedEnd, at: position) }
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                return append(.string, from: start, isMarked: isEscaped)
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
                try escape()
            } else if byte < 0x20 {
                throw JSONError(.controlCharacter(byte), at: position)
            } else if byte < 0x80 {
                position += 1
            } else {
                let length = UTF8Sequence.length(at: position, in: bytes)
                guard length > 0 else { throw JSONError(.invalidUTF8, at: position) }
                position += length
            }
        }
    }

    /// Eight bytes a step, over printable ASCII that is neither quote nor backslash.
    @inline(__always)
    private mutating func skipPlainText() {
        while position &+ 8 <= bytes.count {
            let word = UnsafeRawPointer(bytes.baseAddress!).loadUnaligned(fromByteOffset: position, as: UInt64.self)
            let stops = ByteMask.specials(word) | word & ByteMask.highs
            if stops != 0 {
                position &+= stops.littleEndian.trailingZeroBitCount >> 3
                return
            }
            position &+= 8
        }
    }

    private mutating func escape() throws(JSONError) {
        let start = position
        guard position + 1 < bytes.count else { throw JSONError(.unexpectedEnd, at: bytes.count) }
        switch bytes[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 2
        case UInt8(ascii: "u"):
            let unit = try hexadecimalUnit()
            if unit & 0xFC00 == 0xD800 {
                guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
                    bytes[position + 1] == UInt8(ascii: "u"), try hexadecimalUnit() & 0xFC00 == 0xDC00
                else { throw JSONError(.loneSurrogate, at: start) }
            } else if unit & 0xFC00 == 0xDC00 {
                throw JSONError(.loneSurrogate, at: start)
            }
        default: throw JSONError(.invalidEscape, at: start)
        }
    }

    /// Reads `\uXXXX` at `position`.
    private mutating func hexadecimalUnit() throws(JSONError) -> UInt16 {
        guard position + 6 <= bytes.count else { throw JSONError(.unexpectedEnd, at: bytes.count) }
        guard let unit = JSONText.hexadecimalUnit(at: position + 2, in: bytes) else {
            throw JSONError(.invalidEscape, at: position)
        }
        position += 6
        return unit
    }

    @inline(__always)
    private mutating func append(_ kind: JSONValue.Kind, from start: Int, isMarked: Bool) {
        tape.append(
            TapeNode(kind, offset: start, length: position &- start, next: tape.count &+ 1, isMarked: isMarked))
    }

    @inline(__always)
    private mutating func skipWhitespace() {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            position &+= 1
        }
    }

    /// The next byte that is not white space; it stays unread.
    @inline(__always)
    private mutating func significant() throws(JSONError) -> UInt8 {
        skipWhitespace()
        guard position < bytes.count else { throw JSONError(.unexpectedEnd, at: position) }
        return bytes[position]
    }

    @inline(__always)
    private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    private func unexpected(_ byte: UInt8) -> JSONError { JSONError(.unexpectedByte(byte), at: position) }
}
