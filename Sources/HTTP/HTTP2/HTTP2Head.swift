/// A request's head as it came in HTTP/2. A view, valid until whoever was given it returns.
public struct HTTP2Head {
    public let method: HTTPMethod
    public let path: UnsafeRawBufferPointer
    public let query: UnsafeRawBufferPointer
    /// With `host`, which `:authority` stands for (RFC 9113 section 8.3.1).
    public let headers: HTTPHeaders
    /// Content-Length; what comes is held to it.
    public let length: Int?
    /// Whether the body is gzip-coded.
    public let isGzip: Bool
    public let expectsContinue: Bool

    public func request(body: UnsafeRawBufferPointer) -> HTTPRequest {
        HTTPRequest(
            method: method, path: path, query: query, headers: headers, body: body, keepsAlive: true, isHTTP10: false)
    }
}

/// A copy of a head whose body is still to come.
public struct HTTP2KeptHead {
    private let bytes: [UInt8]
    private let fields: [HTTPHeaders.Field]
    private let method: HTTPMethod
    private let path: Range<Int>
    private let query: Range<Int>
    public let isGzip: Bool

    public init(_ head: HTTP2Head) {
        bytes = Array(head.headers.bytes)
        fields = Array(head.headers.fields)
        method = head.method
        path = Self.range(of: head.path, in: head.headers.bytes)
        query = Self.range(of: head.query, in: head.headers.bytes)
        isGzip = head.isGzip
    }

    /// Calls with the whole request.
    public func withRequest(body: UnsafeRawBufferPointer, _ use: (HTTPRequest) -> Void) {
        bytes.withUnsafeBytes { bytes in
            fields.withUnsafeBufferPointer { fields in
                use(
                    HTTPRequest(
                        method: method, path: UnsafeRawBufferPointer(rebasing: bytes[path]),
                        query: UnsafeRawBufferPointer(rebasing: bytes[query]),
                        headers: HTTPHeaders(bytes: bytes, fields: fields), body: body, keepsAlive: true,
                        isHTTP10: false))
            }
        }
    }

    private static func range(of part: UnsafeRawBufferPointer, in bytes: UnsafeRawBufferPointer) -> Range<Int> {
        guard let start = part.baseAddress, let base = bytes.baseAddress, !part.isEmpty else { return 0..<0 }
        return start - base..<start - base + part.count
    }
}
