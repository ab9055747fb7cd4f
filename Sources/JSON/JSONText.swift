/// Between a string's value and its source text.
public enum JSONText {
    /// Appends a string, quotes included, with no escapes but the needed ones: one value has one such form, and a
    /// source text without escapes is in it already.
    public static func appendQuoted(_ value: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        var special = firstSpecial(from: 0, in: value)
        if special == value.count {
            // As it is, the way of almost all: in one piece.
            return output.append(atMost: value.count + 2) { end in
                end[0] = UInt8(ascii: "\"")
                if let text = value.baseAddress { (end + 1).update(from: text, count: value.count) }
                end[value.count + 1] = UInt8(ascii: "\"")
                return value.count + 2
            }
        }
        output.append(UInt8(ascii: "\""))
        var plain = 0
        while true {
            output.append(contentsOf: UnsafeBufferPointer(rebasing: value[plain..<special]))
            guard special < value.count else { break }
            appendEscape(of: value[special], to: &output)
            plain = special + 1
            special = firstSpecial(from: plain, in: value)
        }
        output.append(UInt8(ascii: "\""))
    }

    /// Appends a string, quotes included.
    public static func appendQuoted(_ value: String, to output: inout [UInt8]) {
        var value = value
        value.withUTF8 { appendQuoted($0, to: &output) }
    }

    /// Appends a string, quotes included.
    public static func appendQuoted(_ value: Substring, to output: inout [UInt8]) {
        appendQuoted(String(value), to: &output)
    }

    /// The first byte from here on that a string must not hold as it is, or the end: eight bytes a step.
    private static func firstSpecial(from start: Int, in value: UnsafeBufferPointer<UInt8>) -> Int {
        var position = start
        while position &+ 8 <= value.count {
            let word = UnsafeRawPointer(value.baseAddress!).loadUnaligned(fromByteOffset: position, as: UInt64.self)
            let stops = ByteMask.specials(word)
            if stops != 0 { return position &+ stops.littleEndian.trailingZeroBitCount >> 3 }
            position &+= 8
        }
        while position < value.count {
            let byte = value[position]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
            position &+= 1
        }
        return position
    }

    /// Appends what a string's source text between its quotes stands for. The text has been parsed before.
    public static func appendDecoded(_ content: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        var index = 0
        while index < content.count {
            let byte = content[index]
            guard byte == UInt8(ascii: "\\"), index + 1 < content.count else {
                output.append(byte)
                index += 1
                continue
            }
            let letter = content[index + 1]
            index += 2
            switch letter {
            case UInt8(ascii: "b"): output.append(0x08)
            case UInt8(ascii: "f"): output.append(0x0C)
            case UInt8(ascii: "n"): output.append(0x0A)
            case UInt8(ascii: "r"): output.append(0x0D)
            case UInt8(ascii: "t"): output.append(0x09)
            case UInt8(ascii: "u"):
                var scalar = UInt32(hexadecimalUnit(at: index, in: content) ?? 0xFFFD)
                index += 4
                if scalar & 0xFC00 == 0xD800, let low = hexadecimalUnit(at: index + 2, in: content) {
                    scalar = 0x10000 + (scalar & 0x3FF) << 10 + UInt32(low & 0x3FF)
                    index += 6
                }
                if let scalar = Unicode.Scalar(scalar) { output.append(contentsOf: UTF8.encode(scalar)!) }
            default: output.append(letter)
            }
        }
    }

    static func hexadecimalUnit(at position: Int, in bytes: UnsafeBufferPointer<UInt8>) -> UInt16? {
        guard position + 4 <= bytes.count else { return nil }
        var unit: UInt16 = 0
        for index in position..<position + 4 {
            let digit: UInt8
            switch bytes[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = bytes[index] - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = bytes[index] - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = bytes[index] - UInt8(ascii: "A") + 10
            default: return nil
            }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }

    private static func appendEscape(of byte: UInt8, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: output.append(UInt8(ascii: "b"))
        case 0x09: output.append(UInt8(ascii: "t"))
        case 0x0A: output.append(UInt8(ascii: "n"))
        case 0x0C: output.append(UInt8(ascii: "f"))
        case 0x0D: output.append(UInt8(ascii: "r"))
        case 0..<0x20:
            let low = byte & 15
            output.append(contentsOf: [UInt8(ascii: "u"), UInt8(ascii: "0"), UInt8(ascii: "0"), 0x30 + byte >> 4])
            output.append(low < 10 ? 0x30 + low : 0x61 + low - 10)
        default: output.append(byte)
        }
    }
}
