import Endpoints
import HTTP
import Reactor
import Vocabulary

/// One request on an HTTP/2 connection, and its answer.
final class HTTP2Exchange: HTTP2Stream, Responder {
    private enum Phase {
        /// Its body is on its way.
        case body(CollectedBody)
        /// Its body goes to a sink as it arrives.
        case streamedBody(StreamedBody)
        /// A handler has the request and will answer it.
        case answering
        /// A handler sends its answer piece by piece.
        case streaming
        /// An answer's body of known length comes from a source; so many bytes are still to come.
        case sourcing(any BodySource, left: Int)
        /// The answer has been given, as far as it is ours to give.
        case answered
    }

    /// Ends every exchange before it goes, and an ended one asks nothing of it.
    private unowned(unsafe) let owner: HTTP2Connection
    private var phase = Phase.answering
    private var answer = AnswerForm()
    var requestID: RequestID?
    var listener: (any ResponderListener)?
    /// When patience with the client ends, on the shard's clock; 0 where nothing is waited for.
    private(set) var deadline: UInt64 = 0

    init(id: Int32, on owner: HTTP2Connection) {
        self.owner = owner
        super.init(id: id)
        owner.began()
    }

    private var shared: HTTPShard { owner.shared }
    private var shard: Shard { owner.shared.shard }

    // MARK: The request

    override func received(_ head: HTTP2Head, isComplete: Bool) {
        answer = AnswerForm(head)
        if isComplete { return dispatch(head.request(body: UnsafeRawBufferPointer(start: nil, count: 0))) }
        switch owner.door.dispatcher.intake(head.method, path: head.path) {
        case .whole(let limit):
            guard head.length ?? 0 <= limit else { return refuse(.tooLarge(limit)) }
            phase = .body(CollectedBody(head, limit: limit, shared.bodies))
        case .streamed:
            let request = head.request(body: UnsafeRawBufferPointer(start: nil, count: 0))
            let sink = owner.door.openSink(request, on: shard, from: owner, through: self)
            let body = StreamedBody(announced: head.length, into: sink)
            phase = .streamedBody(body)
            guard !body.isTooLarge else { return refuse(body) }
        }
        if head.expectsContinue { owner.use { $0.sendContinue(on: self) } }
        wait(milliseconds: shared.limits.bodyPauseMilliseconds)
    }

    override func refused(_ failure: HTTPFailure, isHead: Bool) {
        answer.isHead = isHead
        refuse(failure)
    }

    override func received(_ piece: UnsafeRawBufferPointer) -> Bool {
        do throws(HTTPFailure) {
            switch phase {
            case .body(let body): try body.take(piece)
            case .streamedBody(let body): _ = try body.take(piece, shared.limits)
            // Answered before it was complete: the rest is not wanted.
            case .answering, .streaming, .sourcing, .answered: return true
            }
        } catch {
            if case .streamedBody(let body) = phase { refuse(body) } else { refuse(error) }
            return true
        }
        if case .streamedBody(let body) = phase, body.isPaused {
            // The wait is for ourselves.
            stopWaiting()
            return false
        }
        wait(milliseconds: shared.limits.bodyPauseMilliseconds)
        return true
    }

    func resumeBody() {
        guard case .streamedBody(let body) = phase, body.isPaused else { return }
        body.isPaused = false
        wait(milliseconds: shared.limits.bodyPauseMilliseconds)
        owner.use { $0.resume(self) }
    }

    override func ended() {
        switch phase {
        case .body(let body):
            do throws(HTTPFailure) {
                try body.withRequest(shared.limits) { dispatch($0) }
            } catch {
                refuse(error)
            }
        case .streamedBody(let body):
            stopWaiting()
            phase = .answering
            if case .now(let response) = body.sink.finish() { respond(response) }
        case .answering, .streaming, .sourcing, .answered: break
        }
    }

    private func dispatch(_ request: HTTPRequest) {
        stopWaiting()
        phase = .answering
        guard let services = shard.context as? ShardServices else {
            // Before the log has been replayed only the health of it can be asked for.
            return respond(owner.door.answerWhileStarting(request))
        }
        if WebSocketDoor.isThere(request.path) {
            return respond(
                WebSocketDoor.answer(
                    .badRequest("WebSockets are opened over HTTP/1.1."), requestID: services.requestID(),
                    at: services.environment.now()))
        }
        switch owner.door.dispatcher.answer(request, from: owner, on: services, through: self) {
        case .later: break
        case .now(let response): respond(response)
        }
    }

    // MARK: The answer

    func respond(_ response: HTTPResponse) {
        guard case .answering = phase, isOpen else { return }
        listener = nil
        phase = .answered
        var response = response
        if response.requestID == nil { response.requestID = requestID }
        let isGzip = answer.compress(&response, shared.limits)
        guard answer.isHead || hasRoom(for: response.body.count) else { return }
        owner.use {
            $0.respond(response, on: self, date: shared.dateText, isGzip: isGzip, isHead: answer.isHead)
        }
        if unsentBytes > 0 { watchReader() }
    }

    func openStream(_ head: HTTPResponse) {
        guard case .answering = phase, isOpen else { return }
        var head = head
        head.requestID = requestID
        guard !answer.isHead else {
            listener = nil
            phase = .answered
            return owner.use { $0.respond(head, on: self, date: shared.dateText, isGzip: false, isHead: true) }
        }
        phase = .streaming
        owner.use { $0.open(head, on: self, date: shared.dateText, length: nil) }
    }

    func openBody(_ head: HTTPResponse, length: Int, from source: any BodySource) {
        guard case .answering = phase, isOpen else { return source.abandon() }
        listener = nil
        guard !answer.isHead, length > 0 else {
            source.abandon()
            phase = .answered
            return owner.use { $0.close(head, on: self, date: shared.dateText, length: length) }
        }
        phase = .sourcing(source, left: length)
        owner.use { $0.open(head, on: self, date: shared.dateText, length: length) }
    }

    func cutBody() {
        guard case .sourcing = phase else { return }
        owner.use { $0.reset(self, .internalError) }
    }

    @discardableResult
    func send(_ piece: [UInt8]) -> Bool {
        guard isOpen, owner.isOpen else { return false }
        switch phase {
        case .streaming:
            guard hasRoom(for: piece.count) else { return false }
            owner.use { $0.send(piece, on: self) }
        case .sourcing(let source, let left):
            precondition(piece.count <= left, "a source has more than it said")
            guard hasRoom(for: piece.count) else { return false }
            phase = piece.count == left ? .answered : .sourcing(source, left: left - piece.count)
            owner.use {
                $0.send(piece, on: self)
                if piece.count == left { $0.finish(self) }
            }
        case .body, .streamedBody, .answering, .answered: return false
        }
        watchReader()
        return true
    }

    func endStream() {
        guard case .streaming = phase else { return }
        listener = nil
        phase = .answered
        owner.use { $0.finish(self) }
    }

    /// Bytes beyond what may wait on one connection end a stream: its client does not read.
    private func hasRoom(for bytes: Int) -> Bool {
        guard !owner.makeRoom(for: bytes, of: self) else { return true }
        owner.use { $0.reset(self, .enhanceYourCalm) }
        return false
    }

    var hasUnsentOutput: Bool { unsentBytes > 0 || isOpen && owner.hasUnsentOutput }

    /// What was sent has gone: a source gives the next piece, the head counting as the first; a stream's owner may go on.
    func drained() {
        switch phase {
        case .sourcing(let source, _): source.wantsMore()
        case .streaming: listener?.drained()
        case .body, .streamedBody, .answering, .answered: break
        }
    }

    private func refuse(_ failure: HTTPFailure) {
        if case .streamedBody(let body) = phase { body.sink.abandon() }
        stopWaiting()
        phase = .answering
        requestID = nil
        respond(owner.door.refusal(failure, on: shard))
    }

    /// The body is longer than its sink takes.
    private func refuse(_ body: StreamedBody) {
        body.sink.abandon()
        stopWaiting()
        phase = .answering
        respond(body.sink.tooLarge())
    }

    // MARK: Ending

    /// Whether there is something to say to a client that will say nothing more itself.
    var outlivesInput: Bool {
        switch phase {
        case .answering: listener == nil
        case .sourcing, .answered: true
        case .body, .streamedBody, .streaming: false
        }
    }

    override func closed(_ code: UInt32) {
        stopWaiting()
        let phase = phase
        self.phase = .answered
        switch phase {
        case .streamedBody(let body): body.sink.abandon()
        case .sourcing(let source, _): source.abandon()
        case .body, .answering, .streaming, .answered: break
        }
        let listener = listener
        self.listener = nil
        listener?.abandoned()
        owner.ended()
    }

    // MARK: Patience

    override func progressed() {
        if unsentBytes > 0 { watchReader() } else { stopWaiting() }
    }

    private func watchReader() { wait(milliseconds: shared.http2Limits.slowReaderMilliseconds) }

    /// Patience has ended: with a request, which is answered with a 408, or with a reader.
    func expire() {
        switch phase {
        case .body, .streamedBody: refuse(HTTPFailure(408, "The request did not arrive in time."))
        case .answering: stopWaiting()
        case .streaming, .sourcing, .answered:
            stopWaiting()
            owner.use { $0.reset(self, .cancel) }
        }
    }

    private func wait(milliseconds: Int) {
        if deadline == 0 { owner.watched += 1 }
        deadline = shard.uptimeMilliseconds + UInt64(milliseconds)
    }

    private func stopWaiting() {
        guard deadline != 0 else { return }
        deadline = 0
        owner.watched -= 1
    }
}
