import HTTP

/// What a request says about the form of its answer.
struct AnswerForm {
    var isHead = false
    var keepsAlive = true
    var acceptsGzip = false

    init() {}

    init(_ head: HTTP1Parser.Head) {
        isHead = head.method == .head
        keepsAlive = head.keepsAlive
        acceptsGzip = head.headers.acceptsGzip
    }

    init(_ head: HTTP2Head) {
        isHead = head.method == .head
        acceptsGzip = head.headers.acceptsGzip
    }

    /// Compresses the body where the client takes that and it is worth it; answers whether it has.
    func compress(_ response: inout HTTPResponse, _ limits: HTTPLimits) -> Bool {
        guard acceptsGzip, response.body.count > limits.compressedBytes,
            let compressed = Gzip.compress(response.body)
        else { return false }
        response.body = compressed
        return true
    }

    func context(date: [UInt8]) -> HTTP1Serializer.Context {
        var context = HTTP1Serializer.Context(date: date)
        context.isHead = isHead
        context.keepsAlive = keepsAlive
        return context
    }
}
