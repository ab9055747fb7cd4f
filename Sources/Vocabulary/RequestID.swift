/// Names one request in answers and logs: a version 4 UUID (RFC 9562), with dashes in `x-ms-request-id` and without
/// them as the tracking id in error bodies (rest.md section 1.3).
public struct RequestID: Hashable, Sendable {
    public var high: UInt64
    public var low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        self.low = low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    }

    /// 32 lower-case hexadecimal digits.
    public func appendPlain(to bytes: inout [UInt8]) { append(dashes: false, to: &bytes) }

    /// 8-4-4-4-12 lower-case hexadecimal digits.
    public func appendDashed(to bytes: inout [UInt8]) { append(dashes: true, to: &bytes) }

    private func append(dashes: Bool, to bytes: inout [UInt8]) {
        bytes.append(atMost: 36) { text in
            var end = 0
            /// Writes the lowest digits of a word.
            func put(_ word: UInt64, digits: Int, dash: Bool) {
                for place in 0..<digits {
                    text[end &+ place] = Hex.digit(UInt8(truncatingIfNeeded: word >> UInt64((digits - 1 - place) * 4)))
                }
                end &+= digits
                guard dash else { return }
                text[end] = UInt8(ascii: "-")
                end &+= 1
            }
            put(high >> 32, digits: 8, dash: dashes)
            put(high >> 16, digits: 4, dash: dashes)
            put(high, digits: 4, dash: dashes)
            put(low >> 48, digits: 4, dash: dashes)
            put(low, digits: 12, dash: false)
            return end
        }
    }

    /// 32 lower-case hexadecimal digits, as tracking ids have them (rest.md section 1.3).
    public var plain: String {
        var bytes: [UInt8] = []
        appendPlain(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The first 12 of its digits, which tell requests apart for people.
    public var beginning: String {
        String(unsafeUninitializedCapacity: 12) { text in
            for place in 0..<12 { text[place] = Hex.digit(UInt8(truncatingIfNeeded: high >> UInt64(60 - place * 4))) }
            return 12
        }
    }

    /// As a GUID, in `x-ms-request-id`.
    public var dashed: String {
        var bytes: [UInt8] = []
        appendDashed(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension RequestID {
    /// Reads either form; nil for anything but 32 hexadecimal digits, dashes aside.
    public init?(_ text: String) {
        var words: [UInt64] = [0, 0]
        var digits = 0
        for byte in text.utf8 where byte != UInt8(ascii: "-") {
            guard digits < 32, let value = Hex.value(byte) else { return nil }
            words[digits / 16] = words[digits / 16] << 4 | UInt64(value)
            digits += 1
        }
        guard digits == 32 else { return nil }
        self.init(high: words[0], low: words[1])
    }
}
