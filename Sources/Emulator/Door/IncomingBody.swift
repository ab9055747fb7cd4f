import HTTP

/// A request whose body arrives in pieces: a copy of its head, and the body so far.
final class IncomingBody {
    private let head: [UInt8]
    private let isGzip: Bool
    private let limit: Int
    private var expected: Int?
    private var chunks: ChunkedDecoder?
    private var body: [UInt8] = []
    private var share: BodyShare

    init(_ head: HTTP1Parser.Head, of bytes: UnsafeRawBufferPointer, limit: Int, _ budget: BodyBudget) {
        share = BodyShare(budget)
        self.head = Array(bytes[..<head.count])
        isGzip = head.isGzip
        self.limit = limit
        if case .length(let length) = head.framing { expected = length } else { chunks = ChunkedDecoder() }
    }

    var isComplete: Bool { expected.map { body.count == $0 } ?? chunks?.isDone ?? true }

    /// Takes what belongs to the body; answers how many bytes that was.
    func take(_ bytes: UnsafeRawBufferPointer, _ limits: HTTPLimits) throws(HTTPFailure) -> Int {
        if let expected {
            let count = min(expected - body.count, bytes.count)
            try share.cover(body.count + count)
            body.append(contentsOf: bytes[..<count])
            return count
        }
        let count = try chunks?.decode(bytes, into: &body, bodyLimit: limit, limits) ?? 0
        try share.cover(body.count)
        return count
    }

    /// Calls with the whole request.
    func withRequest(
        _ limits: HTTPLimits, _ scratch: HTTP1Scratch, _ use: (HTTPRequest) -> Void
    ) throws(HTTPFailure) {
        if isGzip {
            body = try Gzip.decompress(body, limit: limit, limits)
            try share.cover(body.count)
        }
        // It was found good when it arrived.
        let outcome = head.withUnsafeBytes { head -> Result<Void, HTTPFailure> in
            Result { () throws(HTTPFailure) in
                var parser = HTTP1Parser()
                guard let parsed = try parser.parse(head, limits, scratch) else { return }
                body.withUnsafeBytes { use(parsed.request(body: $0)) }
            }
        }
        try outcome.get()
    }
}
