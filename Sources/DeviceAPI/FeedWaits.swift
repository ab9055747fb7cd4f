import Endpoints
import HTTP
import Hub
import JSON
import Reactor
import Vocabulary

/// The readers of the change feed on one shard.
final class FeedWaits {
    /// Readers on one shard; they are back ends and test suites, not devices.
    static let maximumReaders = 10_000

    private unowned let services: ShardServices
    private var readers: [FeedWaiter] = []
    private var sweeper: ShardTimer?
    private var nextComments: UInt64 = 0

    init(_ services: ShardServices) {
        self.services = services
        services.listen { [unowned self] delivery in
            guard !delivery.events.isEmpty else { return }
            for reader in readers { advance(reader) }
        }
    }

    /// Takes a reader in. The hub is told before the feed is looked at, so that nothing falls between.
    func join(
        _ responder: any Responder, _ filter: ChangeFilter, after: UInt64, requestID: RequestID, seconds: Int?
    ) throws(HubError) -> FeedWaiter {
        guard readers.count < Self.maximumReaders else {
            throw HubError(.serverBusy, "\(Self.maximumReaders) readers follow the feed here, the limit.")
        }
        if readers.isEmpty { services.hub.watchFeed(services.subscription, true) }
        let deadline = seconds.map { services.shard.uptimeMilliseconds + UInt64($0) * 1000 }
        let reader = FeedWaiter(responder, filter, after: after, deadline: deadline, requestID: requestID, self)
        readers.append(reader)
        responder.listener = reader
        startSweeping()
        return reader
    }

    func remove(_ reader: FeedWaiter) {
        reader.isOver = true
        readers.removeAll { $0 === reader }
        if readers.isEmpty { services.hub.watchFeed(services.subscription, false) }
    }

    /// Shows the reader what it has not seen, page by page; where there is nothing, it waits.
    func advance(_ reader: FeedWaiter) {
        while !reader.isOver, !reader.isReading {
            let page = services.hub.recentEvents(after: reader.after, limit: ChangeWatch.pageSize)
            if case .notInMemory = page {
                guard reader.after < services.hub.lastSequence else { return rest(reader) }
                reader.isReading = true
                let answer = services.returning { [unowned self] (page: FeedPage) in
                    reader.isReading = false
                    if !reader.isOver, show(page, to: reader) { advance(reader) }
                }
                services.hub.events(after: reader.after, limit: ChangeWatch.pageSize, then: answer)
                return
            }
            guard show(page, to: reader) else { return rest(reader) }
        }
    }

    /// Shows one page. False where there is nothing to show any more.
    private func show(_ page: FeedPage, to reader: FeedWaiter) -> Bool {
        switch page {
        case .notInMemory: return false
        case .compactedAway(let oldest):
            fail(
                reader, .gone("The feed begins with sequence \(oldest); earlier changes are compacted away."),
                oldest: oldest)
            return false
        case .unreadable(let reason):
            fail(reader, HubError(.serverError, "The event log cannot be read: \(reason)"), oldest: nil)
            return false
        case .events(let events):
            guard let last = events.last else { return false }
            let wanted = events.filter(reader.filter.wants)
            reader.after = last.sequence
            if wanted.isEmpty { return true }
            if reader.isStream {
                for event in wanted where !reader.isOver { send(event, to: reader) }
            } else {
                remove(reader)
                reader.responder.respond(Wait.json(Self.document(wanted, next: reader.after)))
            }
            return true
        }
    }

    /// A long poll that asked not to wait is over as soon as there is nothing.
    private func rest(_ reader: FeedWaiter) {
        guard !reader.isOver, let deadline = reader.deadline, deadline <= services.shard.uptimeMilliseconds else {
            return
        }
        end(reader, closes: false)
    }

    private static func document(_ events: [RecordedEvent], next: UInt64) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("changes")
        json.beginArray()
        for event in events { ChangeDocument.write(event, to: &json) }
        json.endArray()
        json.key("next")
        json.value(next)
        json.endObject()
        return json.bytes
    }

    private func send(_ event: RecordedEvent, to reader: FeedWaiter) {
        var json = JSONWriter()
        ChangeDocument.write(event, to: &json)
        let piece = ServerSentEvent.bytes("change", id: String(event.sequence), data: json.bytes)
        if !reader.responder.send(piece) { remove(reader) }
    }

    private func fail(_ reader: FeedWaiter, _ error: HubError, oldest: UInt64?) {
        remove(reader)
        var response = ErrorBody.response(error, requestID: reader.requestID, at: services.environment.now())
        if let oldest { response.fields.append(HTTPField("x-oldest-sequence", String(oldest))) }
        if reader.isStream {
            reader.responder.send(ServerSentEvent.bytes("gone", data: response.body))
            reader.responder.endStream()
        } else {
            reader.responder.respond(response)
        }
    }

    // MARK: Time

    private func startSweeping() {
        guard sweeper == nil else { return }
        let timer = ShardTimer { [unowned self] in sweep() }
        sweeper = timer
        nextComments = services.shard.uptimeMilliseconds + UInt64(Wait.commentSeconds) * 1000
        services.shard.schedule(timer, afterMilliseconds: Wait.sweepMilliseconds)
    }

    private func sweep() {
        let now = services.shard.uptimeMilliseconds
        let isTimeForComments = now >= nextComments
        if isTimeForComments { nextComments = now + UInt64(Wait.commentSeconds) * 1000 }
        for reader in readers {
            if let deadline = reader.deadline {
                if deadline <= now, !reader.isReading { end(reader, closes: false) }
            } else if isTimeForComments, !reader.responder.send(ServerSentEvent.comment) {
                remove(reader)
            }
        }
        if readers.isEmpty {
            sweeper = nil
        } else if let sweeper {
            services.shard.schedule(sweeper, afterMilliseconds: Wait.sweepMilliseconds)
        }
    }

    private func end(_ reader: FeedWaiter, closes: Bool) {
        remove(reader)
        if reader.isStream { reader.responder.endStream() } else { reader.responder.respond(Wait.over(closes: closes)) }
    }

    func endAll() {
        for reader in readers { end(reader, closes: true) }
    }
}
