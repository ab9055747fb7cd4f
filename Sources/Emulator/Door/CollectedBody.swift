import HTTP

/// A request's head and the body so far, where the framing is the connection's.
final class CollectedBody {
    private let head: HTTP2KeptHead
    private let limit: Int
    private var share: BodyShare
    private var body: [UInt8] = []

    init(_ head: HTTP2Head, limit: Int, _ budget: BodyBudget) {
        self.head = HTTP2KeptHead(head)
        self.limit = limit
        share = BodyShare(budget)
    }

    func take(_ piece: UnsafeRawBufferPointer) throws(HTTPFailure) {
        guard piece.count <= limit - body.count else { throw .tooLarge(limit) }
        try share.cover(body.count + piece.count)
        body.append(contentsOf: piece)
    }

    /// Calls with the whole request.
    func withRequest(_ limits: HTTPLimits, _ use: (HTTPRequest) -> Void) throws(HTTPFailure) {
        if head.isGzip {
            body = try Gzip.decompress(body, limit: limit, limits)
            try share.cover(body.count)
        }
        body.withUnsafeBytes { head.withRequest(body: $0, use) }
    }
}

extension HTTPFailure {
    /// A body past its limit.
    static func tooLarge(_ limit: Int) -> HTTPFailure { HTTPFailure(413, "The body is longer than \(limit) bytes.") }
}
