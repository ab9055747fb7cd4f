import Glibc
import JSON

/// Moves over JSON text that has been parsed once, so that nothing is checked again, and skips what lies beside the way eight bytes
/// a step. Positions are offsets of values' first bytes. Lent: good only as long as the text is.
struct TextScanner {
    private let base: UnsafeRawPointer
    private let end: Int

    init(_ text: UnsafeBufferPointer<UInt8>) {
        // An empty text has no address, and nothing is ever read from it.
        base = text.baseAddress.map { UnsafeRawPointer($0) } ?? UnsafeRawPointer(bitPattern: 1)!
        end = text.count
    }

    @inline(__always)
    func byte(at position: Int) -> UInt8 { base.load(fromByteOffset: position, as: UInt8.self) }

    func text(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: (base + range.lowerBound).assumingMemoryBound(to: UInt8.self), count: range.count)
    }

    /// A value's source text.
    func text(at position: Int) -> UnsafeBufferPointer<UInt8> { text(position..<endOfValue(position)) }

    // MARK: Objects and arrays

    /// The value of an object's member; nil where there is none.
    ///
    /// - Parameters:
    ///   - isUnique: whether no key stands twice; where one does, the last counts.
    ///   - known: the ends of some of the object's values.
    func member(_ key: PathPattern.Key, of object: Int, isUnique: Bool, known: KnownEnds = .none) -> Int? {
        guard object < end, byte(at: object) == UInt8(ascii: "{") else { return nil }
        var found: Int?
        var next = skipSpace(object + 1)
        while next < end, byte(at: next) == UInt8(ascii: "\"") {
            var behindKey = next + key.quoted.count
            var isWanted = key.isPlain && hasBytes(key.quoted, at: next)
            if !isWanted {
                let (close, isEscaped) = string(at: next)
                isWanted = isEscaped && decoded(next + 1..<close).elementsEqual(key.bytes)
                behindKey = close + 1
            }
            let value = skipSpace(skipSpace(behindKey) + 1)
            if isWanted {
                if isUnique { return value }
                found = value
            }
            next = behindComma(known.end(of: value) ?? endOfValue(value))
        }
        return found
    }

    func element(_ index: Int, of array: Int) -> Int? {
        var rest = index
        var found: Int?
        forEachElement(of: array) { position in
            if rest == 0 { found = position }
            rest -= 1
            return found == nil
        }
        return found
    }

    /// Hands over the elements' positions, until it is answered false.
    func forEachElement(of array: Int, _ body: (Int) -> Bool) {
        guard array < end, byte(at: array) == UInt8(ascii: "[") else { return }
        var next = skipSpace(array + 1)
        while next < end, byte(at: next) != UInt8(ascii: "]") {
            guard body(next) else { return }
            next = behindComma(endOfValue(next))
        }
    }

    /// Whether nothing stands between the brackets.
    func isEmpty(_ container: Int) -> Bool {
        let next = skipSpace(container + 1)
        return next < end && (byte(at: next) == UInt8(ascii: "}") || byte(at: next) == UInt8(ascii: "]"))
    }

    // MARK: Strings

    /// Where the closing quote stands, and whether there are escapes before it.
    @inline(__always)
    func string(at quote: Int) -> (close: Int, isEscaped: Bool) {
        var isEscaped = false
        var next = quote + 1
        while next < end {
            if next + 8 <= end {
                let word = word(at: next)
                let hits = Self.zeros(word ^ Self.quotes) | Self.zeros(word ^ Self.backslashes)
                guard hits != 0 else {
                    next += 8
                    continue
                }
                next += hits.trailingZeroBitCount >> 3
            }
            switch byte(at: next) {
            case UInt8(ascii: "\""): return (next, isEscaped)
            case UInt8(ascii: "\\"):
                isEscaped = true
                next += 2
            default: next += 1
            }
        }
        return (end, isEscaped)
    }

    /// What a string's text between its quotes stands for.
    func decoded(_ range: Range<Int>) -> [UInt8] {
        var decoded: [UInt8] = []
        JSONText.appendDecoded(text(range), to: &decoded)
        return decoded
    }

    // MARK: Skipping

    /// Behind the value's last byte.
    func endOfValue(_ position: Int) -> Int {
        guard position < end else { return end }
        switch byte(at: position) {
        case UInt8(ascii: "\""): return min(string(at: position).close + 1, end)
        case UInt8(ascii: "{"), UInt8(ascii: "["): return endOfContainer(position)
        default:
            var next = position
            while next < end, !Self.endsScalar(byte(at: next)) { next += 1 }
            return next
        }
    }

    /// Brackets of both kinds count alike, since the text is sound.
    private func endOfContainer(_ position: Int) -> Int {
        var depth = 0
        var next = position
        words: while next + 8 <= end {
            let word = word(at: next)
            let lower = word | Self.lowerCase
            var hits =
                Self.zeros(lower ^ Self.openings) | Self.zeros(lower ^ Self.closings) | Self.zeros(word ^ Self.quotes)
            while hits != 0 {
                let place = next + hits.trailingZeroBitCount >> 3
                switch byte(at: place) | 0x20 {
                case UInt8(ascii: "{"): depth += 1
                case UInt8(ascii: "}"):
                    depth -= 1
                    if depth == 0 { return place + 1 }
                default:
                    next = string(at: place).close + 1
                    continue words
                }
                hits &= hits - 1
            }
            next += 8
        }
        while next < end {
            switch byte(at: next) {
            case UInt8(ascii: "\""): next = string(at: next).close
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return next + 1 }
            default: break
            }
            next += 1
        }
        return end
    }

    @inline(__always)
    private func skipSpace(_ position: Int) -> Int {
        var next = position
        while next < end, byte(at: next) <= UInt8(ascii: " ") { next += 1 }
        return next
    }

    /// At the next member or element, where the value before it ends here.
    @inline(__always)
    private func behindComma(_ position: Int) -> Int {
        let next = skipSpace(position)
        return next < end && byte(at: next) == UInt8(ascii: ",") ? skipSpace(next + 1) : next
    }

    @inline(__always)
    private func hasBytes(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> Bool {
        guard let start = bytes.baseAddress, position + bytes.count <= end else { return false }
        return memcmp(base + position, start, bytes.count) == 0
    }

    private static func endsScalar(_ byte: UInt8) -> Bool {
        byte <= UInt8(ascii: " ") || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
    }

    // MARK: Eight bytes at once

    @inline(__always)
    private func word(at position: Int) -> UInt64 {
        UInt64(littleEndian: base.loadUnaligned(fromByteOffset: position, as: UInt64.self))
    }

    private static var quotes: UInt64 { 0x2222_2222_2222_2222 }
    private static var backslashes: UInt64 { 0x5C5C_5C5C_5C5C_5C5C }
    private static var openings: UInt64 { 0x7B7B_7B7B_7B7B_7B7B }
    private static var closings: UInt64 { 0x7D7D_7D7D_7D7D_7D7D }
    /// `[` and `]` differ from `{` and `}` in this bit.
    private static var lowerCase: UInt64 { 0x2020_2020_2020_2020 }

    /// The highest bit of each byte that is zero, and no other.
    @inline(__always)
    private static func zeros(_ word: UInt64) -> UInt64 {
        let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
        return ~(((word & low) &+ low) | word | low)
    }
}

/// Where some values of an object end, so that nobody has to go over them.
struct KnownEnds {
    /// Values' first bytes; below zero where there is none.
    var starts: (Int, Int)
    var ends: (Int, Int)

    static let none = KnownEnds(starts: (-1, -1), ends: (0, 0))

    @inline(__always)
    func end(of value: Int) -> Int? {
        value == starts.0 ? ends.0 : value == starts.1 ? ends.1 : nil
    }
}
