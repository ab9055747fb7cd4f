import Endpoints
import HTTP
import Hub
import Reactor
import Vocabulary

/// One HTTP/1.1 connection: requests come in one after another, each is answered before the next is looked at.
final class HTTP1Connection: ConnectionHandler, Responder, Peer {
    private enum Phase {
        /// Between requests, or in the middle of a head.
        case reading
        /// A request's body is on its way.
        case body(IncomingBody)
        /// A handler has the request and will answer it.
        case answering
        /// A handler sends its answer piece by piece.
        case streaming
        /// The last answer has been given.
        case closing
    }

    private unowned let door: Door
    private unowned let shared: HTTPShard
    private unowned(unsafe) let connection: Connection
    private var phase = Phase.reading
    private var parser = HTTP1Parser()
    /// Whether a part of a head has come.
    private var isInHead = false
    /// What the answer at hand depends on.
    private var answer = AnswerForm()
    /// Where this connection stands in its shard's list.
    var place = 0
    /// When patience ends, on the shard's clock; 0 where nothing is waited for.
    var deadline: UInt64 = 0
    var listener: (any ResponderListener)?
    private var isDispatching = false

    init(_ door: Door, _ shared: HTTPShard, _ connection: Connection) {
        self.door = door
        self.shared = shared
        self.connection = connection
        shared.add(self)
        wait(milliseconds: shared.limits.headMilliseconds)
    }

    // MARK: Reading

    func received(_ bytes: UnsafeRawBufferPointer, on connection: Connection) -> Int {
        var offset = 0
        do throws(HTTPFailure) {
            reading: while offset < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
                switch phase {
                case .reading:
                    let used = try readHead(rest)
                    if used == 0 { break reading }
                    offset += used
                case .body(let body):
                    let used = try readBody(body, rest)
                    // A chunk's size line, or a trailer, that has not come whole.
                    if used == 0 { break reading }
                    offset += used
                case .answering, .streaming:
                    // Pipelined requests wait their turn, within a bound.
                    if rest.count > shared.limits.pipelinedBytes { connection.pauseReading() }
                    break reading
                case .closing:
                    return bytes.count
                }
            }
        } catch {
            refuse(error)
            return bytes.count
        }
        return offset
    }

    private func readHead(_ bytes: UnsafeRawBufferPointer) throws(HTTPFailure) -> Int {
        guard let head = try parser.parse(bytes, shared.limits, shared.scratch) else {
            // From its first byte on: sending slowly gains a client no time.
            if !isInHead { wait(milliseconds: shared.limits.headMilliseconds) }
            isInHead = true
            return 0
        }
        isInHead = false
        answer = AnswerForm(head)
        switch head.framing {
        case .none:
            dispatch(head.request(body: UnsafeRawBufferPointer(start: nil, count: 0)))
            return head.count
        case .length(let length) where length <= bytes.count - head.count && !head.isGzip:
            try check(length, against: door.dispatcher.bodyLimit(head.method, path: head.path))
            let body = UnsafeRawBufferPointer(rebasing: bytes[head.count..<head.count + length])
            dispatch(head.request(body: body))
            return head.count + length
        case .length, .chunked:
            let limit = door.dispatcher.bodyLimit(head.method, path: head.path)
            if case .length(let length) = head.framing { try check(length, against: limit) }
            if head.expectsContinue, bytes.count == head.count {
                connection.send(
                    UnsafeRawBufferPointer(
                        start: HTTP1Serializer.continueHead.utf8Start,
                        count: HTTP1Serializer.continueHead.utf8CodeUnitCount))
            }
            phase = .body(IncomingBody(head, of: bytes, limit: limit))
            wait(milliseconds: shared.limits.bodyPauseMilliseconds)
            return head.count
        }
    }

    private func check(_ length: Int, against limit: Int) throws(HTTPFailure) {
        guard length <= limit else { throw HTTPFailure(413, "The body is longer than \(limit) bytes.") }
    }

    private func readBody(_ body: IncomingBody, _ bytes: UnsafeRawBufferPointer) throws(HTTPFailure) -> Int {
        let used = try body.take(bytes, shared.limits)
        wait(milliseconds: shared.limits.bodyPauseMilliseconds)
        if body.isComplete {
            phase = .reading
            try body.withRequest(shared.limits, shared.scratch) { dispatch($0) }
        }
        return used
    }

    // MARK: Answering

    private func dispatch(_ request: HTTPRequest) {
        deadline = 0
        phase = .answering
        isDispatching = true
        defer { isDispatching = false }
        guard let services = connection.shard.context as? ShardServices else {
            // Before the log has been replayed only the health of it can be asked for.
            return respond(door.answerWhileStarting(request))
        }
        switch door.dispatcher.answer(request, from: self, on: services, through: self) {
        case .later: break
        case .now(let response): respond(response)
        }
    }

    func respond(_ response: HTTPResponse) {
        guard case .answering = phase else { return }
        listener = nil
        var response = response
        if shared.isFinishing { response.closes = true }
        var context = answer.context(date: shared.dateText)
        if answer.acceptsGzip, response.body.count > shared.limits.compressedBytes,
            let compressed = Gzip.compress(response.body)
        {
            response.body = compressed
            context.isGzip = true
        }
        HTTP1Serializer.append(response, context, to: &shared.output)
        shared.flushOutput(to: connection)
        answered(closes: response.closes)
    }

    func openStream(_ head: HTTPResponse) {
        guard case .answering = phase else { return }
        phase = .streaming
        var head = head
        head.closes = true
        HTTP1Serializer.appendStreamHead(head, answer.context(date: shared.dateText), to: &shared.output)
        shared.flushOutput(to: connection)
        if answer.isHead { endStream() }
    }

    @discardableResult
    func send(_ piece: [UInt8]) -> Bool {
        guard case .streaming = phase, connection.isOpen else { return false }
        HTTP1Serializer.appendChunk(piece, to: &shared.output)
        shared.flushOutput(to: connection)
        return connection.isOpen
    }

    func endStream() {
        guard case .streaming = phase else { return }
        listener = nil
        if !answer.isHead {
            connection.send(
                UnsafeRawBufferPointer(
                    start: HTTP1Serializer.lastChunk.utf8Start, count: HTTP1Serializer.lastChunk.utf8CodeUnitCount))
        }
        answered(closes: true)
    }

    private func answered(closes: Bool) {
        if closes || !answer.keepsAlive || connection.peerHasFinished && connection.keptBytes == 0 && !isDispatching {
            phase = .closing
            connection.closeAfterFlush()
            return
        }
        phase = .reading
        wait(milliseconds: shared.limits.keepAliveMilliseconds)
        // What was pipelined behind the request is looked at now; inside `received` the loop there does it.
        if !isDispatching { connection.resumeReading() }
    }

    private func refuse(_ failure: HTTPFailure) {
        let id = (connection.shard.context as? ShardServices)?.requestID() ?? RequestID(high: 0, low: 0)
        var response = ErrorBody.response(HubError(failure), requestID: id, at: shared.shard.now)
        response.closes = true
        phase = .answering
        respond(response)
    }

    var certificates: [[UInt8]] { connection.peerCertificates ?? [] }

    // MARK: Ending

    /// The peer will send nothing more. A request under way is still answered; one that waits for something to happen, and
    /// a stream, have lost their listener.
    func peerFinished(_ connection: Connection) {
        switch phase {
        case .answering where listener == nil: break
        case .answering, .streaming, .reading, .body, .closing: connection.closeAfterFlush(discardingInput: false)
        }
    }

    func closed(_ connection: Connection) {
        shared.remove(self)
        phase = .closing
        let listener = listener
        self.listener = nil
        listener?.abandoned()
    }

    /// Patience has ended: between requests without a word, in the middle of one with a 408.
    func expire() {
        switch phase {
        case .reading where connection.keptBytes == 0: connection.closeAfterFlush(discardingInput: false)
        case .reading, .body: refuse(HTTPFailure(408, "The request did not arrive in time."))
        case .answering, .streaming, .closing: deadline = 0
        }
    }

    /// The server is stopping.
    func finish() {
        switch phase {
        case .reading where connection.keptBytes == 0: connection.closeAfterFlush()
        case .reading, .body, .answering, .streaming, .closing: break
        }
    }

    private func wait(milliseconds: Int) { deadline = shared.shard.uptimeMilliseconds + UInt64(milliseconds) }
}
