import Vocabulary

/// A whole request. A view of the connection's bytes, valid until the handler returns.
public struct HTTPRequest {
    public let method: HTTPMethod
    /// Raw, still percent-encoded, without the query.
    public let path: UnsafeRawBufferPointer
    /// Raw, behind the `?`; empty where there is none.
    public let query: UnsafeRawBufferPointer
    public let headers: HTTPHeaders
    /// Whole, without chunk framing and content coding.
    public let body: UnsafeRawBufferPointer
    /// Whether the connection can serve another request after this one.
    public let keepsAlive: Bool

    public init(
        method: HTTPMethod, path: UnsafeRawBufferPointer, query: UnsafeRawBufferPointer, headers: HTTPHeaders,
        body: UnsafeRawBufferPointer, keepsAlive: Bool
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.keepsAlive = keepsAlive
    }

    /// A query parameter, percent-decoded, `+` standing for itself; the name compares without case. Nil where absent,
    /// `""` where it has no value.
    public func queryParameter(_ name: String) -> String? {
        guard !query.isEmpty else { return nil }
        let wanted = name.utf8
        for pair in query.split(separator: UInt8(ascii: "&")) {
            let equals = pair.firstIndex(of: UInt8(ascii: "="))
            let key = pair[..<(equals ?? pair.endIndex)]
            guard key.count == wanted.count,
                zip(key, wanted).allSatisfy({ $0 | HTTPCharacters.caseBit($0) == $1 | HTTPCharacters.caseBit($1) })
            else { continue }
            guard let equals else { return "" }
            let value = pair[pair.index(after: equals)...]
            return String(decoding: PercentCoding.decode(value) ?? Array(value), as: UTF8.self)
        }
        return nil
    }
}
