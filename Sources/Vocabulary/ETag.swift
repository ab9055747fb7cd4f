/// The values that the service puts into `etag` members and `ETag` headers (twins.md section 4, rest.md section 3.2).
public enum ETag {
    /// A twin's: base64 of the counter as 8 big-endian bytes; 1 is `AAAAAAAAAAE=`.
    public static func twin(_ counter: UInt64) -> String {
        var text: [UInt8] = []
        appendTwin(counter, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    public static func appendTwin(_ counter: UInt64, to text: inout [UInt8]) {
        withUnsafeBytes(of: counter.bigEndian) { Base64.append($0, to: &text) }
    }

    /// An identity's or configuration's: base64 of the counter's decimal digits; 1 is `MQ==`.
    public static func decimal(_ counter: UInt64) -> String { Base64.encode(Array(String(counter).utf8)) }

    /// The counter inside an identity's ETag; nil where the text holds none.
    public static func decimalCounter(_ text: String) -> UInt64? {
        Base64.decode(text).flatMap { UInt64(String(decoding: $0, as: UTF8.self)) }
    }
}

/// What an `If-Match` header, or an `eTag` member of a bulk item, asks for (rest.md section 3.1).
public enum Precondition: Hashable, Sendable {
    /// No header, or `""`, which counts as absent.
    case none
    /// `*` or `"*"`.
    case any
    /// One of these values, without quotes and without `W/`.
    case matching([String])

    /// Reads a header's text: quoted or bare, `W/` stripped, lists accepted.
    public init(header: String?) {
        guard let header else {
            self = .none
            return
        }
        var values: [String] = []
        for part in header.split(separator: ",") {
            var value = part.drop { $0 == " " || $0 == "\t" }
            while let last = value.last, last == " " || last == "\t" { value.removeLast() }
            if value.hasPrefix("W/") { value = value.dropFirst(2) }
            if value.count >= 2, value.first == "\"", value.last == "\"" { value = value.dropFirst().dropLast() }
            if !value.isEmpty { values.append(String(value)) }
        }
        if values.isEmpty {
            self = .none
        } else if values.contains("*") {
            self = .any
        } else {
            self = .matching(values)
        }
    }

    /// Whether a resource with this ETag may be written; an absent precondition allows it.
    public func allows(_ etag: String) -> Bool {
        switch self {
        case .none, .any: true
        case .matching(let values): values.contains(etag)
        }
    }
}
