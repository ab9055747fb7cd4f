/// A request's method (RFC 9110 section 9, RFC 5789).
public enum HTTPMethod: String, Hashable, Sendable, CaseIterable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
    case options = "OPTIONS"
    /// A token that is none of the above; no resource takes it.
    case other = "OTHER"

    public var name: String { rawValue }

    /// Methods are case-sensitive.
    init(_ token: UnsafeRawBufferPointer) {
        func isName(_ name: StaticString) -> Bool { token.equals(name) }
        switch token.count {
        case 3: self = isName("GET") ? .get : isName("PUT") ? .put : .other
        case 4: self = isName("POST") ? .post : isName("HEAD") ? .head : .other
        case 5: self = isName("PATCH") ? .patch : .other
        case 6: self = isName("DELETE") ? .delete : .other
        case 7: self = isName("OPTIONS") ? .options : .other
        default: self = .other
        }
    }
}
