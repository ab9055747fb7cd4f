import Endpoints
import HTTP
import Hub
import Reactor
import Vocabulary

/// One HTTP/1.1 connection: requests come in one after another, each is answered before the next is looked at.
final class HTTP1Connection: ConnectionHandler, Responder, Peer, HTTPConnection {
    private enum Phase {
        /// Between requests, or in the middle of a head.
        case reading
        /// A request's body is on its way.
        case body(IncomingBody)
        /// A request's body goes to a sink as it arrives.
        case streamedBody(StreamedBody)
        /// A handler has the request and will answer it.
        case answering
        /// A handler sends its answer piece by piece.
        case streaming
        /// An answer's body of known length comes from a source; so many bytes are still to come.
        case sourcing(any BodySource, left: Int, closes: Bool)
        /// The last answer has been given.
        case closing
        /// Another handler has the connection.
        case upgraded
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
    var requestID: RequestID?
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
                case .streamedBody(let body):
                    let used = try readBody(body, rest)
                    offset += used
                    if used == 0 || body.isPaused { break reading }
                case .answering, .streaming, .sourcing:
                    // Pipelined requests wait their turn, within a bound.
                    if rest.count > shared.limits.pipelinedBytes { connection.pauseReading() }
                    break reading
                case .closing:
                    return bytes.count
                case .upgraded: break reading
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
            if !door.dispatcher.collects(length),
                case .whole(let limit) = door.dispatcher.intake(head.method, path: head.path)
            {
                try check(length, against: limit)
            }
            let body = UnsafeRawBufferPointer(rebasing: bytes[head.count..<head.count + length])
            dispatch(head.request(body: body))
            return head.count + length
        case .length, .chunked:
            switch door.dispatcher.intake(head.method, path: head.path) {
            case .whole(let limit):
                if case .length(let length) = head.framing { try check(length, against: limit) }
                phase = .body(IncomingBody(head, of: bytes, limit: limit, shared.bodies))
            case .streamed:
                let body = StreamedBody(head.framing, into: openSink(head))
                guard !body.isTooLarge else {
                    refuse(body)
                    return bytes.count
                }
                phase = .streamedBody(body)
            }
            if head.expectsContinue, bytes.count == head.count {
                connection.send(
                    UnsafeRawBufferPointer(
                        start: HTTP1Serializer.continueHead.utf8Start,
                        count: HTTP1Serializer.continueHead.utf8CodeUnitCount))
            }
            wait(milliseconds: shared.limits.bodyPauseMilliseconds)
            return head.count
        }
    }

    private func openSink(_ head: HTTP1Parser.Head) -> any BodySink {
        let request = head.request(body: UnsafeRawBufferPointer(start: nil, count: 0))
        return door.openSink(request, on: connection.shard, from: self, through: self)
    }

    private func check(_ length: Int, against limit: Int) throws(HTTPFailure) {
        guard length <= limit else { throw .tooLarge(limit) }
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

    private func readBody(_ body: StreamedBody, _ bytes: UnsafeRawBufferPointer) throws(HTTPFailure) -> Int {
        let used: Int
        do throws(HTTPFailure) {
            used = try body.take(bytes, shared.limits)
        } catch {
            guard error.status == 413 else { throw error }
            refuse(body)
            return bytes.count
        }
        wait(milliseconds: shared.limits.bodyPauseMilliseconds)
        if body.isComplete {
            finish(body)
        } else if body.isPaused {
            // The wait is for ourselves.
            deadline = 0
            connection.pauseReading()
        }
        return used
    }

    func resumeBody() {
        guard case .streamedBody(let body) = phase, body.isPaused else { return }
        body.isPaused = false
        wait(milliseconds: shared.limits.bodyPauseMilliseconds)
        connection.resumeReading()
    }

    // MARK: Answering

    private func finish(_ body: StreamedBody) {
        deadline = 0
        phase = .answering
        isDispatching = true
        defer { isDispatching = false }
        if case .now(let response) = body.sink.finish() { respond(response) }
    }

    /// The body is longer than its sink takes.
    private func refuse(_ body: StreamedBody) {
        body.sink.abandon()
        var response = body.sink.tooLarge()
        response.closes = true
        phase = .answering
        respond(response)
    }

    private func dispatch(_ request: HTTPRequest) {
        deadline = 0
        requestID = nil
        phase = .answering
        isDispatching = true
        defer { isDispatching = false }
        guard let services = connection.shard.context as? ShardServices else {
            // Before the log has been replayed only the health of it can be asked for.
            return respond(door.answerWhileStarting(request))
        }
        if WebSocketDoor.isThere(request.path) { return openWebSocket(request, services) }
        switch door.dispatcher.answer(request, from: self, on: services, through: self) {
        case .later: break
        case .now(let response): respond(response)
        }
    }

    /// From here on the connection belongs to an MQTT client (mqtt.md section 1).
    private func openWebSocket(_ request: HTTPRequest, _ services: ShardServices) {
        do throws(WebSocketHandshake.Refusal) {
            let handshake = try WebSocketHandshake(request, subprotocol: WebSocketDoor.subprotocol)
            handshake.appendAnswer(to: &shared.output)
            shared.flushOutput(to: connection)
            phase = .upgraded
            shared.remove(self)
            connection.handler = WebSocketConnection(connection, on: services, door.mqtt)
        } catch {
            respond(WebSocketDoor.answer(error, requestID: services.requestID(), at: services.environment.now()))
        }
    }

    func respond(_ response: HTTPResponse) {
        guard case .answering = phase else { return }
        listener = nil
        var response = response
        if response.requestID == nil { response.requestID = requestID }
        if shared.isFinishing { response.closes = true }
        var context = answer.context(date: shared.dateText)
        context.isGzip = answer.compress(&response, shared.limits)
        HTTP1Serializer.append(response, context, to: &shared.output)
        shared.flushOutput(to: connection)
        answered(closes: response.closes)
    }

    func openStream(_ head: HTTPResponse) {
        guard case .answering = phase else { return }
        phase = .streaming
        var head = head
        head.closes = true
        head.requestID = requestID
        HTTP1Serializer.appendStreamHead(head, answer.context(date: shared.dateText), to: &shared.output)
        shared.flushOutput(to: connection)
        if answer.isHead { endStream() }
    }

    func openBody(_ head: HTTPResponse, length: Int, from source: any BodySource) {
        guard case .answering = phase else { return source.abandon() }
        listener = nil
        var head = head
        if shared.isFinishing { head.closes = true }
        HTTP1Serializer.appendHead(head, length: length, answer.context(date: shared.dateText), to: &shared.output)
        shared.flushOutput(to: connection)
        guard !answer.isHead, length > 0 else {
            source.abandon()
            return answered(closes: head.closes)
        }
        phase = .sourcing(source, left: length, closes: head.closes)
    }

    func cutBody() {
        guard case .sourcing = phase else { return }
        connection.close()
    }

    /// What was sent has gone: a source gives the next piece, the head counting as the first; a stream's owner may go on.
    func drained(_ connection: Connection) {
        switch phase {
        case .sourcing(let source, _, _): source.wantsMore()
        case .streaming: listener?.drained()
        default: break
        }
    }

    @discardableResult
    func send(_ piece: [UInt8]) -> Bool {
        if case .sourcing(let source, let left, let closes) = phase, connection.isOpen {
            precondition(piece.count <= left, "a source has more than it said")
            connection.send(piece)
            if piece.count == left {
                answered(closes: closes)
            } else {
                phase = .sourcing(source, left: left - piece.count, closes: closes)
            }
            return connection.isOpen
        }
        guard case .streaming = phase, connection.isOpen else { return false }
        HTTP1Serializer.appendChunk(piece, to: &shared.output)
        shared.flushOutput(to: connection)
        return connection.isOpen
    }

    var hasUnsentOutput: Bool { connection.hasUnsentOutput }

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
        if case .streamedBody(let body) = phase { body.sink.abandon() }
        var response = door.refusal(failure, on: shared.shard)
        response.closes = true
        phase = .answering
        requestID = nil
        respond(response)
    }

    var certificates: [[UInt8]] { connection.peerCertificates ?? [] }
    var cipher: String? { connection.cipher }

    // MARK: Ending

    /// The peer will send nothing more. A request under way is still answered; one that waits for something to happen, and
    /// a stream, have lost their listener.
    func peerFinished(_ connection: Connection) {
        switch phase {
        case .answering where listener == nil: break
        // The client may have said all it had to say, and still reads.
        case .sourcing: break
        case .answering, .streaming, .reading, .body, .streamedBody, .closing, .upgraded:
            connection.closeAfterFlush(discardingInput: false)
        }
    }

    func closed(_ connection: Connection) {
        shared.remove(self)
        switch phase {
        case .streamedBody(let body): body.sink.abandon()
        case .sourcing(let source, _, _): source.abandon()
        case .reading, .body, .answering, .streaming, .closing, .upgraded: break
        }
        phase = .closing
        let listener = listener
        self.listener = nil
        listener?.abandoned()
    }

    /// Patience has ended: between requests without a word, in the middle of one with a 408.
    func expire() {
        switch phase {
        case .reading where connection.keptBytes == 0: connection.closeAfterFlush(discardingInput: false)
        case .reading, .body, .streamedBody: refuse(HTTPFailure(408, "The request did not arrive in time."))
        case .answering, .streaming, .sourcing, .closing, .upgraded: deadline = 0
        }
    }

    /// The server is stopping.
    func finish() {
        switch phase {
        case .reading where connection.keptBytes == 0: connection.closeAfterFlush()
        case .reading, .body, .streamedBody, .answering, .streaming, .sourcing, .closing, .upgraded: break
        }
    }

    private func wait(milliseconds: Int) { deadline = shared.shard.uptimeMilliseconds + UInt64(milliseconds) }
}
