import Glibc
import JSON

/// Finds values in a document's text without parsing the whole of it: what lies beside the way is skipped. The text is JSON that
/// has been parsed once, so nothing is checked again.
struct DocumentReader {
    private let document: QueryDocument

    init(_ document: QueryDocument) { self.document = document }

    /// The value's source text; nil where the path leads nowhere.
    func text(at path: PropertyPath) -> ArraySlice<UInt8>? {
        if document.isModule, path.section == .capabilities {
            let rest = PropertyPath(steps: Array(path.steps.dropFirst()))
            return DocumentReader(QueryDocument(QueryDocument.moduleCapabilities)).text(at: rest)
        }
        guard let (start, steps) = start(of: path) else { return nil }
        let range = document.bytes.withUnsafeBufferPointer { buffer -> Range<Int>? in
            let scanner = JSONScanner(buffer, isUnique: document.sections != nil)
            var position = scanner.skipSpace(start)
            for step in steps {
                let found =
                    switch step {
                    case .key(let key): scanner.member(key, at: position)
                    case .element(let index): scanner.element(index, at: position)
                    }
                guard let found else { return nil }
                position = found
            }
            return position..<scanner.end(of: position)
        }
        return range.map { document.bytes[$0] }
    }

    /// From where to go on, and how; nil where the section is missing.
    private func start(of path: PropertyPath) -> (Int, ArraySlice<PropertyPath.Step>)? {
        guard let sections = document.sections else { return (0, path.steps[...]) }
        return switch path.section {
        case .tags: sections.tags.map { ($0, path.steps.dropFirst()) }
        case .desired: (sections.desired, path.steps.dropFirst(2))
        case .reported: (sections.reported, path.steps.dropFirst(2))
        case .capabilities, nil: (0, path.steps[...])
        }
    }

    /// What a value's source text stands for.
    static func value(_ text: ArraySlice<UInt8>) -> QueryValue {
        switch text.first {
        case UInt8(ascii: "{"): return .object(text)
        case UInt8(ascii: "["): return .array(text)
        case UInt8(ascii: "t"): return .boolean(true)
        case UInt8(ascii: "f"): return .boolean(false)
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "\""):
            let content = text.dropFirst().dropLast()
            guard content.contains(UInt8(ascii: "\\")) else { return .text(content) }
            var decoded: [UInt8] = []
            content.withUnsafeBufferPointer { JSONText.appendDecoded($0, to: &decoded) }
            return .text(decoded[...])
        case .none: return .undefined
        default:
            if let whole = wholeNumber(text) { return .number(whole) }
            return Double(String(decoding: text, as: UTF8.self)).map { .number($0) } ?? .undefined
        }
    }

    /// A short number without a fraction, as most are; nil for any other.
    private static func wholeNumber(_ text: ArraySlice<UInt8>) -> Double? {
        let digits = text.first == UInt8(ascii: "-") ? text.dropFirst() : text
        // So many digits are exact in a Double.
        guard (1...15).contains(digits.count) else { return nil }
        var value: Int64 = 0
        for digit in digits {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
            value = value * 10 + Int64(digit - UInt8(ascii: "0"))
        }
        return digits.count == text.count ? Double(value) : -Double(value)
    }

    static func elements(of array: ArraySlice<UInt8>) -> [QueryValue] {
        let bytes = Array(array)
        let ranges = bytes.withUnsafeBufferPointer { JSONScanner($0).elements(at: 0) }
        return ranges.map { value(bytes[$0]) }
    }
}

/// Moves over JSON text. Positions are offsets of values' first bytes.
private struct JSONScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    /// Whether no key stands twice.
    private let isUnique: Bool

    init(_ bytes: UnsafeBufferPointer<UInt8>, isUnique: Bool = false) {
        self.bytes = bytes
        self.isUnique = isUnique
    }

    /// The member's value; of keys that stand twice the last counts.
    func member(_ key: [UInt8], at position: Int) -> Int? {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "{") else { return nil }
        var found: Int?
        var next = skipSpace(position + 1)
        while next < bytes.count, bytes[next] == UInt8(ascii: "\"") {
            let keyEnd = endOfString(next)
            let value = skipSpace(skipSpace(keyEnd) + 1)
            if isKey(key, next + 1..<keyEnd - 1) {
                if isUnique { return value }
                found = value
            }
            next = behind(value)
        }
        return found
    }

    func element(_ index: Int, at position: Int) -> Int? {
        let ranges = elements(at: position)
        return index < ranges.count ? ranges[index].lowerBound : nil
    }

    func elements(at position: Int) -> [Range<Int>] {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "[") else { return [] }
        var ranges: [Range<Int>] = []
        var next = skipSpace(position + 1)
        while next < bytes.count, bytes[next] != UInt8(ascii: "]") {
            ranges.append(next..<end(of: next))
            next = behind(next)
        }
        return ranges
    }

    /// Behind the value's last byte.
    func end(of position: Int) -> Int {
        guard position < bytes.count else { return bytes.count }
        switch bytes[position] {
        case UInt8(ascii: "\""): return endOfString(position)
        case UInt8(ascii: "{"), UInt8(ascii: "["): return endOfContainer(position)
        default:
            var next = position
            while next < bytes.count, !Self.endsScalar(bytes[next]) { next += 1 }
            return next
        }
    }

    func skipSpace(_ position: Int) -> Int {
        var next = position
        while next < bytes.count, bytes[next] <= UInt8(ascii: " ") { next += 1 }
        return next
    }

    /// Behind the value and the comma after it.
    private func behind(_ position: Int) -> Int {
        let next = skipSpace(end(of: position))
        return next < bytes.count && bytes[next] == UInt8(ascii: ",") ? skipSpace(next + 1) : next
    }

    private func endOfString(_ position: Int) -> Int {
        var next = position + 1
        while next < bytes.count {
            switch bytes[next] {
            case UInt8(ascii: "\""): return next + 1
            case UInt8(ascii: "\\"): next += 2
            default: next += 1
            }
        }
        return bytes.count
    }

    private func endOfContainer(_ position: Int) -> Int {
        var depth = 0
        var next = position
        while next < bytes.count {
            switch bytes[next] {
            case UInt8(ascii: "\""):
                next = endOfString(next)
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return next + 1 }
            default: break
            }
            next += 1
        }
        return bytes.count
    }

    private func isKey(_ key: [UInt8], _ range: Range<Int>) -> Bool {
        let written = UnsafeBufferPointer(rebasing: bytes[range])
        let isSame = key.withUnsafeBytes { key in
            guard written.count == key.count, let one = written.baseAddress, let other = key.baseAddress else {
                return written.isEmpty && key.isEmpty
            }
            return memcmp(one, other, key.count) == 0
        }
        guard isSame || written.count > key.count, written.contains(UInt8(ascii: "\\")) else { return isSame }
        var decoded: [UInt8] = []
        JSONText.appendDecoded(written, to: &decoded)
        return decoded == key
    }

    private static func endsScalar(_ byte: UInt8) -> Bool {
        byte <= UInt8(ascii: " ") || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
    }
}
