/// Base64 of RFC 4648 section 4, padded.
public enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 0xFF, count: 256)
        for (value, byte) in alphabet.enumerated() { table[Int(byte)] = UInt8(value) }
        return table
    }()

    /// The digit of the value's lowest six bits.
    @inline(__always)
    static func digit(_ value: UInt64) -> UInt8 { alphabet[Int(truncatingIfNeeded: value & 63)] }

    /// RFC 4648 with padding; empty for no bytes.
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        append(bytes, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// As `encode`, without a `String` in between.
    public static func append(_ bytes: some Collection<UInt8>, to text: inout [UInt8]) {
        var group: UInt32 = 0
        var held = 0
        for byte in bytes {
            group = group << 8 | UInt32(byte)
            held += 1
            if held == 3 {
                for shift in [18, 12, 6, 0] as [UInt32] { text.append(alphabet[Int(group >> shift & 63)]) }
                group = 0
                held = 0
            }
        }
        if held == 1 {
            text.append(alphabet[Int(group >> 2 & 63)])
            text.append(alphabet[Int(group << 4 & 63)])
            text.append("==")
        } else if held == 2 {
            text.append(alphabet[Int(group >> 10 & 63)])
            text.append(alphabet[Int(group >> 4 & 63)])
            text.append(alphabet[Int(group << 2 & 63)])
            text.append("=")
        }
    }

    /// The bytes, or nil where the text is not padded base64 in its canonical form (length, alphabet, zero end bits).
    public static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var group: UInt32 = 0
        var held = 0
        var padding = 0
        for byte in text {
            if byte == UInt8(ascii: "=") {
                padding += 1
                guard padding <= 2, held >= 2 else { return nil }
                group <<= 6
            } else {
                let value = values[Int(byte)]
                guard padding == 0, value != 0xFF else { return nil }
                group = group << 6 | UInt32(value)
            }
            held += 1
            if held == 4 {
                let kept = 3 - padding
                guard group & ((1 << (8 * UInt32(padding))) - 1) == 0 else { return nil }
                for index in 0..<kept { bytes.append(UInt8(truncatingIfNeeded: group >> (16 - 8 * UInt32(index)))) }
                group = 0
                held = 0
            }
        }
        return bytes
    }

    /// Nil for what is not base64 with its padding.
    public static func decode(_ text: String) -> [UInt8]? { decode(Array(text.utf8)) }
}
