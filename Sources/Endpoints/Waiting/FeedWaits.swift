import HTTP
import JSON
import Journal
import Reactor
import Vocabulary

/// The readers of a feed on one shard.
public final class FeedWaits<Source: Feed> {
    /// Readers on one shard; they are back ends and test suites, not devices.
    static var maximumReaders: Int { 10_000 }
    /// Entries in one answer.
    static var pageSize: Int { 1000 }
    /// Bytes after which a stream waits for what it has sent to leave.
    static var streamBytes: Int { 256 << 10 }

    let feed: Source
    private unowned let services: ShardServices
    private var readers: [FeedWaiter<Source>] = []
    private lazy var sweep = WaitSweep(on: services.shard) { [unowned self] in look($0, $1) }

    public init(_ services: ShardServices) {
        self.services = services
        feed = Source(services)
        feed.grown = { [unowned self] in
            for reader in readers { advance(reader) }
        }
    }

    /// Takes a reader in. The feed is watched before it is looked at, so that nothing falls between.
    func join(
        _ responder: any Responder, _ filter: Source.Filter, after: UInt64, requestID: RequestID, seconds: Int?
    ) throws(HubError) -> FeedWaiter<Source> {
        guard readers.count < Self.maximumReaders else {
            throw HubError(.serverBusy, "\(Self.maximumReaders) readers follow the feed here, the limit.")
        }
        if readers.isEmpty { feed.watch(true) }
        let deadline = seconds.map { services.shard.uptimeMilliseconds + UInt64($0) * 1000 }
        let reader = FeedWaiter<Source>(responder, filter, after: after, deadline: deadline, requestID: requestID, self)
        readers.append(reader)
        services.counts.readers.add(1, ordering: .relaxed)
        responder.listener = reader
        sweep.start()
        return reader
    }

    func remove(_ reader: FeedWaiter<Source>) {
        guard !reader.isOver else { return }
        reader.isOver = true
        services.counts.readers.subtract(1, ordering: .relaxed)
        readers.removeAll { $0 === reader }
        if readers.isEmpty { feed.watch(false) }
    }

    /// Shows the reader what it has not seen, page by page; where there is nothing, it waits. A stream gets the next page when
    /// the last one has left, so that a slow reader costs one page of memory, however far behind it is.
    func advance(_ reader: FeedWaiter<Source>) {
        while !reader.isOver, !reader.isReading, !(reader.isStream && reader.responder.hasUnsentOutput) {
            let page = feed.recent(after: reader.after, limit: Self.pageSize)
            if case .notInMemory = page {
                guard reader.after < feed.lastSequence else { return rest(reader) }
                reader.isReading = true
                let answer = services.returning { [unowned self] (page: LogPage<Source.Entry>) in
                    reader.isReading = false
                    if !reader.isOver, show(page, to: reader) { advance(reader) }
                }
                feed.read(after: reader.after, limit: Self.pageSize, then: answer)
                return
            }
            guard show(page, to: reader) else { return rest(reader) }
        }
    }

    /// Shows one page. False where there is nothing to show any more.
    private func show(_ page: LogPage<Source.Entry>, to reader: FeedWaiter<Source>) -> Bool {
        switch page {
        case .notInMemory: return false
        case .compactedAway(let oldest):
            fail(
                reader, .gone("\(Source.title) begins with sequence \(oldest); what was earlier is no longer kept."),
                oldest: oldest)
            return false
        case .unreadable(let reason):
            fail(reader, HubError(.serverError, "\(Source.title) cannot be read: \(reason)"), oldest: nil)
            return false
        case .events(let events):
            guard let last = events.last else { return false }
            if reader.isStream {
                stream(events, to: reader)
                return true
            }
            let wanted = events.filter { feed.wants($0, reader.filter) }
            reader.after = last.sequence
            if wanted.isEmpty { return true }
            remove(reader)
            reader.responder.respond(HTTPResponse.json(document(wanted, next: reader.after)))
            return true
        }
    }

    /// A long poll that asked not to wait is over as soon as there is nothing.
    private func rest(_ reader: FeedWaiter<Source>) {
        guard !reader.isOver, let deadline = reader.deadline, deadline <= services.shard.uptimeMilliseconds else {
            return
        }
        end(reader, closes: false)
    }

    private func document(_ events: [Source.Entry], next: UInt64) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key(Source.collection)
        json.beginArray()
        for event in events { feed.write(event, to: &json) }
        json.endArray()
        json.key("next")
        json.value(next)
        json.endObject()
        return json.bytes
    }

    private func stream(_ events: [Source.Entry], to reader: FeedWaiter<Source>) {
        var sent = 0
        for event in events where !reader.isOver && sent < Self.streamBytes {
            reader.after = event.sequence
            if feed.wants(event, reader.filter) { sent += send(event, to: reader) }
        }
    }

    /// Answers how many bytes that were.
    private func send(_ event: Source.Entry, to reader: FeedWaiter<Source>) -> Int {
        var json = JSONWriter()
        feed.write(event, to: &json)
        let piece = ServerSentEvent.bytes(Source.name, id: String(event.sequence), data: json.bytes)
        if !reader.responder.send(piece) { remove(reader) }
        return piece.count
    }

    private func fail(_ reader: FeedWaiter<Source>, _ error: HubError, oldest: UInt64?) {
        remove(reader)
        var response = ErrorBody.response(error, requestID: reader.requestID, at: services.environment.now())
        if let oldest { response.body = response.body.dropLast() + Array(",\"oldest\":\(oldest)}".utf8) }
        if reader.isStream {
            reader.responder.send(ServerSentEvent.bytes("gone", data: response.body))
            reader.responder.endStream()
        } else {
            reader.responder.respond(response)
        }
    }

    private func look(_ now: UInt64, _ isTimeForComments: Bool) -> Bool {
        for reader in readers {
            if let deadline = reader.deadline {
                if deadline <= now, !reader.isReading { end(reader, closes: false) }
            } else if isTimeForComments, !reader.responder.send(ServerSentEvent.comment) {
                remove(reader)
            }
        }
        return !readers.isEmpty
    }

    private func end(_ reader: FeedWaiter<Source>, closes: Bool) {
        remove(reader)
        if reader.isStream { reader.responder.endStream() } else { reader.responder.respond(Wait.over(closes: closes)) }
    }

    public func endAll() {
        for reader in readers { end(reader, closes: true) }
    }
}
