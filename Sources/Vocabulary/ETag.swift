/// The values that the service puts into `etag` members and `ETag` headers (twins.md section 4, rest.md section 3.2).
public enum ETag {
    /// A twin's: base64 of the counter as 8 big-endian bytes; 1 is `AAAAAAAAAAE=`.
    public static func twin(_ counter: UInt64) -> String {
        var text: [UInt8] = []
        appendTwin(counter, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends a twin's ETag without quotes (twins.md section 4).
    public static func appendTwin(_ counter: UInt64, to text: inout [UInt8]) {
        // 64 bits are ten digits of six, and four that an eleventh fills up with zeros.
        text.append(atMost: 12) { end in
            for place in 0..<10 { end[place] = Base64.digit(counter >> UInt64(58 - 6 * place)) }
            end[10] = Base64.digit(counter << 2)
            end[11] = UInt8(ascii: "=")
            return 12
        }
    }

    /// An identity's or configuration's: base64 of the counter's decimal digits; 1 is `MQ==`.
    public static func decimal(_ counter: UInt64) -> String { Base64.encode(Array(String(counter).utf8)) }

    /// The counter inside an identity's ETag; nil where the text holds none.
    public static func decimalCounter(_ text: String) -> UInt64? {
        Base64.decode(text).flatMap { UInt64(String(decoding: $0, as: UTF8.self)) }
    }
}
