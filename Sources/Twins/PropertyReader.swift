import JSON
import Vocabulary

/// Checks a section that a client sent and writes it as the hub keeps it: no white space, no escapes but the needed
/// ones, numbers as they came (twins.md section 7).
struct PropertyReader {
    /// What a null among the members means.
    enum Nulls {
        /// Removes the property.
        case remove
        /// Has no place here: a replacement says what there is.
        case refuse
    }

    private let tape: JSONTape
    private let limits: TwinLimits
    private let nulls: Nulls
    private let envelope: HubError.Envelope
    /// Whether `$metadata` and `$version` beside the properties are passed over: back ends send whole twins back.
    private let skipsReadOnly: Bool
    private var decoded: [UInt8] = []

    init(
        _ tape: JSONTape, limits: TwinLimits, nulls: Nulls, skipsReadOnly: Bool, envelope: HubError.Envelope
    ) {
        self.tape = tape
        self.limits = limits
        self.nulls = nulls
        self.skipsReadOnly = skipsReadOnly
        self.envelope = envelope
    }

    /// Appends the object at `node`, a section's root, to `output`.
    mutating func copySection(_ node: Int, to output: inout [UInt8]) throws(HubError) {
        guard tape.kind(node) == .object else { throw .sectionNotAnObject(envelope: envelope) }
        try copyObject(node, level: 0, inArray: false, to: &output)
    }

    private mutating func copyObject(
        _ object: Int, level: Int, inArray: Bool, to output: inout [UInt8]
    ) throws(HubError) {
        output.append(UInt8(ascii: "{"))
        var isFirst = true
        var key = object + 1
        let end = tape.next(object)
        while key < end {
            defer { key = tape.next(key + 1) }
            if level == 0, skipsReadOnly, isReadOnly(key) { continue }
            if !isFirst { output.append(UInt8(ascii: ",")) }
            isFirst = false
            try copyKey(key, to: &output)
            output.append(UInt8(ascii: ":"))
            try copyValue(key + 1, of: key, level: level, inArray: inArray, to: &output)
        }
        output.append(UInt8(ascii: "}"))
    }

    private mutating func copyValue(
        _ node: Int, of key: Int, level: Int, inArray: Bool, to output: inout [UInt8]
    ) throws(HubError) {
        let value = tape[node]
        switch value.kind {
        case .null:
            if inArray { throw .nullInArray(name(key), envelope: envelope) }
            if nulls == .refuse { throw .nullValue(name(key), envelope: envelope) }
            output.append("null")
        case .bool: output.append(contentsOf: tape.raw(node))
        case .number:
            if value.isInteger, !Self.isInRange(tape.raw(node)) {
                throw .integerOutOfRange(name(key), envelope: envelope)
            }
            output.append(contentsOf: tape.raw(node))
        case .string:
            let length = copyString(node, to: &output)
            if length > limits.stringLength { throw .stringTooLong(limit: limits.stringLength, envelope: envelope) }
        case .object:
            try checkDepth(level + 1)
            try copyObject(node, level: level + 1, inArray: inArray, to: &output)
        case .array:
            guard limits.allowsArrays else { throw .arraysNotSupported(envelope: envelope) }
            try checkDepth(level + 1)
            output.append(UInt8(ascii: "["))
            var element = node + 1
            while element < tape.next(node) {
                if element > node + 1 { output.append(UInt8(ascii: ",")) }
                try copyValue(element, of: key, level: level + 1, inArray: true, to: &output)
                element = tape.next(element)
            }
            output.append(UInt8(ascii: "]"))
        }
    }

    private func checkDepth(_ level: Int) throws(HubError) {
        guard level <= limits.depth else { throw .tooDeep(limit: limits.depth, envelope: envelope) }
    }

    /// Appends a string and gives the UTF-8 length of its value.
    private mutating func copyString(_ node: Int, to output: inout [UInt8]) -> Int {
        guard tape[node].isEscaped else {
            output.append(contentsOf: tape.raw(node))
            return tape[node].content.count
        }
        decoded.removeAll(keepingCapacity: true)
        JSONText.appendDecoded(tape.content(node), to: &decoded)
        decoded.withUnsafeBufferPointer { JSONText.appendQuoted($0, to: &output) }
        return decoded.count
    }

    private mutating func copyKey(_ key: Int, to output: inout [UInt8]) throws(HubError) {
        let length = copyString(key, to: &output)
        guard length > 0 else { throw .emptyName(envelope: envelope) }
        guard length <= limits.keyLength else { throw .nameTooLong(limit: limits.keyLength, envelope: envelope) }
        let isAllowed =
            tape[key].isEscaped
            ? decoded.withUnsafeBufferPointer(Self.isAllowedName) : Self.isAllowedName(tape.content(key))
        guard isAllowed else { throw .invalidName(name(key), envelope: envelope) }
    }

    private func isReadOnly(_ key: Int) -> Bool {
        Self.equals(tape, key, "$metadata") || Self.equals(tape, key, "$version")
    }

    private static func equals(_ tape: JSONTape, _ key: Int, _ name: StaticString) -> Bool {
        tape.equals(key, UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }

    private func name(_ key: Int) -> String {
        var bytes: [UInt8] = []
        JSONText.appendDecoded(tape.content(key), to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// No control characters (U+0000-001F, U+007F-009F), dot, dollar, number sign or space.
    private static func isAllowedName(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        for (index, byte) in name.enumerated() {
            switch byte {
            case 0...0x20, 0x7F, UInt8(ascii: "."), UInt8(ascii: "$"), UInt8(ascii: "#"): return false
            // U+0080-009F are C2 80-9F in UTF-8.
            case 0xC2 where name[index + 1] < 0xA0: return false
            default: continue
            }
        }
        return true
    }

    private static func isInRange(_ digits: UnsafeBufferPointer<UInt8>) -> Bool {
        var magnitude: Int64 = 0
        let isNegative = digits[0] == UInt8(ascii: "-")
        for byte in digits[(isNegative ? 1 : 0)...] {
            magnitude = magnitude * 10 + Int64(byte - UInt8(ascii: "0"))
            if magnitude > -TwinLimits.integers.lowerBound { return false }
        }
        return TwinLimits.integers.contains(isNegative ? -magnitude : magnitude)
    }
}
