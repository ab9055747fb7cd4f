import CNGHTTP2

@testable import HTTP

/// A session with a client that is moved frame by frame.
final class HTTP2Conversation {
    /// A stream that remembers what it hears.
    final class Stream: HTTP2Stream {
        var head: ParsedHead?
        var refusal: HTTPFailure?
        var body: [UInt8] = []
        var isEnded = false
        var closedWith: UInt32?
        /// Whether the room of received bytes is given back at once.
        var isEager = true
        unowned let conversation: HTTP2Conversation

        struct ParsedHead: Equatable {
            var method: HTTPMethod
            var path: String
            var query: String
            var fields: [String]
            var length: Int?
        }

        init(_ id: Int32, _ conversation: HTTP2Conversation) {
            self.conversation = conversation
            super.init(id: id)
        }

        override func received(_ head: HTTP2Head, isComplete: Bool) {
            var fields: [String] = []
            head.headers.forEach { fields.append("\($0): \(String(decoding: $1, as: UTF8.self))") }
            self.head = ParsedHead(
                method: head.method, path: String(decoding: head.path, as: UTF8.self),
                query: String(decoding: head.query, as: UTF8.self), fields: fields, length: head.length)
            if isComplete { ended() }
        }

        override func refused(_ failure: HTTPFailure, isHead: Bool) {
            refusal = failure
            conversation.session.respond(
                HTTPResponse(status: failure.status), on: self, date: [], isGzip: false, isHead: isHead)
        }

        override func received(_ piece: UnsafeRawBufferPointer) -> Bool {
            body += piece
            return conversation.isEager
        }

        override func ended() {
            isEnded = true
            if let answer = conversation.answer { conversation.respond(answer, on: self) }
        }

        override func closed(_ code: UInt32) { closedWith = code }
    }

    private(set) var session: HTTP2Session!
    private(set) var streams: [Int32: Stream] = [:]
    /// What every complete request is answered with at once; nil leaves it open.
    var answer: HTTPResponse?
    var isEager = true
    var milliseconds: UInt64 = 0
    private let inflater: OpaquePointer

    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    init(_ limits: HTTPLimits = HTTPLimits(), _ bounds: HTTP2Limits = HTTP2Limits()) {
        var made: OpaquePointer?
        nghttp2_hd_inflate_new(&made)
        inflater = made!
        session = HTTP2Session(HTTP2Scratch(limits, bounds)) { [unowned self] _, id in
            let stream = Stream(id, self)
            streams[id] = stream
            return stream
        }
    }

    deinit { nghttp2_hd_inflate_del(inflater) }

    /// A connection whose two sides have said hello, and agreed on settings.
    static func begun(
        _ limits: HTTPLimits = HTTPLimits(), _ bounds: HTTP2Limits = HTTP2Limits(),
        settings: [(UInt16, UInt32)] = []
    ) -> HTTP2Conversation {
        let made = HTTP2Conversation(limits, bounds)
        made.receive(
            preface + HTTP2Frame.settings(settings).bytes
                + HTTP2Frame(kind: HTTP2Frame.Kind.settings, flags: HTTP2Frame.Flag.ack).bytes)
        return made
    }

    /// Gives the bytes to the session; answers the frames that it sends.
    @discardableResult
    func receive(_ bytes: [UInt8]) -> [HTTP2Frame] {
        bytes.withUnsafeBytes { session.receive($0, at: milliseconds) }
        return sent()
    }

    @discardableResult
    func receive(_ frames: HTTP2Frame...) -> [HTTP2Frame] { receive(frames.flatMap(\.bytes)) }

    func sent() -> [HTTP2Frame] {
        var bytes: [UInt8] = []
        session.write(into: &bytes, upTo: .max)
        return HTTP2Frame.all(in: bytes)
    }

    func respond(_ response: HTTPResponse, on stream: HTTP2Stream) {
        session.respond(response, on: stream, date: Array("today".utf8), isGzip: false, isHead: false)
    }

    /// The fields of a head that the session sent; in the order of sending, since HPACK remembers.
    func fields(of frame: HTTP2Frame) -> [String] {
        var fields: [String] = []
        var block = frame.payload
        block.withUnsafeMutableBufferPointer { block in
            var start = block.baseAddress!
            var left = block.count
            while true {
                var field = nghttp2_nv()
                var flags: Int32 = 0
                let used = nghttp2_hd_inflate_hd2(inflater, &field, &flags, start, left, 1)
                guard used >= 0 else { return fields.append("inflating failed") }
                start += used
                left -= used
                if flags & Int32(NGHTTP2_HD_INFLATE_EMIT.rawValue) != 0 {
                    let name = UnsafeBufferPointer(start: field.name, count: field.namelen)
                    let value = UnsafeBufferPointer(start: field.value, count: field.valuelen)
                    fields.append("\(String(decoding: name, as: UTF8.self)): \(String(decoding: value, as: UTF8.self))")
                }
                if flags & Int32(NGHTTP2_HD_INFLATE_FINAL.rawValue) != 0 { break }
            }
        }
        nghttp2_hd_inflate_end_headers(inflater)
        return fields
    }
}

extension HTTPResponse {
    static func text(_ status: Int, _ text: String) -> HTTPResponse {
        var response = HTTPResponse(status: status)
        response.body = Array(text.utf8)
        return response
    }
}
