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
    /// Whether it was made in HTTP/1.0, which knows less.
    public let isHTTP10: Bool

    public init(
        method: HTTPMethod, path: UnsafeRawBufferPointer, query: UnsafeRawBufferPointer, headers: HTTPHeaders,
        body: UnsafeRawBufferPointer, keepsAlive: Bool, isHTTP10: Bool
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.keepsAlive = keepsAlive
        self.isHTTP10 = isHTTP10
    }

    /// A query parameter, percent-decoded, `+` standing for itself; the name compares without case. Nil where absent,
    /// `""` where it has no value.
    public func queryParameter(_ name: String) -> String? {
        guard !query.isEmpty, let value = rawQueryParameter(name) else { return nil }
        guard value.contains(UInt8(ascii: "%")) else { return String(decoding: value, as: UTF8.self) }
        return String(decoding: PercentCoding.decode(value) ?? Array(value), as: UTF8.self)
    }

    /// As above, as it stands. Every request asks for its `api-version`, so this walks the bytes once and makes nothing.
    public func rawQueryParameter(_ name: String) -> UnsafeRawBufferPointer? {
        var name = name
        return name.withUTF8 { name in
            var start = 0
            while start < query.count {
                var end = start
                while end < query.count, query[end] != UInt8(ascii: "&") { end += 1 }
                if Self.isNamed(query, from: start, to: end, name) {
                    let value = min(start + name.count + 1, end)
                    return UnsafeRawBufferPointer(rebasing: query[value..<end])
                }
                start = end + 1
            }
            return nil
        }
    }

    /// Whether `name` stands there, without regard to case, alone or before a `=`.
    private static func isNamed(
        _ query: UnsafeRawBufferPointer, from start: Int, to end: Int, _ name: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        guard end - start >= name.count else { return false }
        guard end - start == name.count || query[start + name.count] == UInt8(ascii: "=") else { return false }
        for index in 0..<name.count {
            let byte = query[start + index]
            guard byte | HTTPCharacters.caseBit(byte) == name[index] | HTTPCharacters.caseBit(name[index]) else {
                return false
            }
        }
        return true
    }
}
