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

    func context(date: [UInt8]) -> HTTP1Serializer.Context {
        var context = HTTP1Serializer.Context(date: date)
        context.isHead = isHead
        context.keepsAlive = keepsAlive
        return context
    }
}
