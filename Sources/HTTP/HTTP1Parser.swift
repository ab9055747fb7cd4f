/// Reads a request's head: the strict side of RFC 9112. Whatever two readers could understand differently is refused,
/// since that is what request smuggling lives on.
///
/// A value of a few words that remembers only how far it has looked for the head's end, so that a head that arrives byte
/// by byte costs no more than one that arrives at once. What it finds goes into scratch space that connections share.
public struct HTTP1Parser {
    /// How the body follows the head.
    public enum Framing: Hashable, Sendable {
        case none
        /// Content-Length.
        case length(Int)
        case chunked
    }

    /// A head that was found.
    public struct Head {
        /// Bytes of the head with the empty line behind it, and empty lines before it.
        public let count: Int
        public let method: HTTPMethod
        public let path: UnsafeRawBufferPointer
        public let query: UnsafeRawBufferPointer
        public let headers: HTTPHeaders
        public let framing: Framing
        public let keepsAlive: Bool
        public let isHTTP10: Bool
        public let expectsContinue: Bool
        /// Whether the body is gzip-coded.
        public let isGzip: Bool

        public func request(body: UnsafeRawBufferPointer) -> HTTPRequest {
            HTTPRequest(
                method: method, path: path, query: query, headers: headers, body: body, keepsAlive: keepsAlive,
                isHTTP10: isHTTP10)
        }
    }

    private var scanned = 0

    public init() {}

    /// Finds the head at the beginning of the bytes; nil where more are needed. The head's views are valid while the bytes
    /// are, and until the scratch space is used again.
    public mutating func parse(
        _ bytes: UnsafeRawBufferPointer, _ limits: HTTPLimits, _ scratch: HTTP1Scratch
    ) throws(HTTPFailure) -> Head? {
        var start = 0
        // Empty lines before a request are skipped (RFC 9112 section 2.2).
        while start + 1 < bytes.count, bytes[start] == 13, bytes[start + 1] == 10 { start += 2 }
        guard let end = HeadReader.end(of: bytes, from: max(start, scanned)) else {
            try HeadReader.refuseEarly(bytes, from: start, limits)
            scanned = max(bytes.count - 3, 0)
            return nil
        }
        scanned = 0
        var reader = HeadReader(bytes: bytes, position: start, end: end, limits: limits, scratch: scratch)
        return try reader.read()
    }
}

/// Space for one head's fields, reused: a head is read and answered before the next one.
public final class HTTP1Scratch {
    var fields: UnsafeMutableBufferPointer<HTTPHeaders.Field>
    /// Fields beyond this many are refused.
    public let capacity: Int

    public init(_ limits: HTTPLimits) {
        capacity = limits.headerFields
        fields = .allocate(capacity: limits.headerFields)
    }

    deinit { fields.deallocate() }
}
