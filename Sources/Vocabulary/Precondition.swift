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
    public func allows(_ etag: @autoclosure () -> String) -> Bool {
        switch self {
        case .none, .any: true
        case .matching(let values): values.contains(etag())
        }
    }
}
