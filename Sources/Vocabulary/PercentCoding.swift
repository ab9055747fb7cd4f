/// Percent-encoding of RFC 3986 section 2.1.
public enum PercentCoding {
    /// The decoded bytes; `+` stays `+`. Nil where a `%` is not followed by two hexadecimal digits.
    public static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var index = text.startIndex
        while index != text.endIndex {
            let byte = text[index]
            text.formIndex(after: &index)
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard index != text.endIndex, let high = Hex.value(text[index]) else { return nil }
            text.formIndex(after: &index)
            guard index != text.endIndex, let low = Hex.value(text[index]) else { return nil }
            text.formIndex(after: &index)
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    /// As above, for text; nil also where the result is not UTF-8.
    public static func decode(_ text: String) -> String? {
        decode(Array(text.utf8)).flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// Everything but the unreserved characters (`A-Z a-z 0-9 - . _ ~`) as upper-case `%XX`.
    public static func encode(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes.append(UInt8(ascii: "%"))
                bytes.append(Hex.upper[Int(byte >> 4)])
                bytes.append(Hex.upper[Int(byte & 15)])
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
