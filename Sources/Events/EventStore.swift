import Dispatch
import Journal
import Synchronization
import Vocabulary

/// Everything a back end would have read from Event Hubs, in one order, in a log of its own beside the hub's.
///
/// Events are encoded by whoever brings them, wait in a bounded queue, and are written by one serial queue, as many as
/// have piled up with one write. A completion is called when its events are as durable as the log's setting promises; only
/// then do readers see them. A reset of the hub takes nothing from here: what was told to a back end has been told.
///
/// Not checked: `batch`, `last` and `snapshotCovering` belong to `queue`; the rest is constant or locked.
public final class EventStore: @unchecked Sendable {
    private let queue = DispatchQueue(label: "twinhub.events", qos: .userInitiated)
    private var batch: LogBatch
    private var last: UInt64
    private var snapshotCovering: UInt64

    private let log: any EventLog
    private let feed: LogFeed<StoredEvent>
    private let limits: EventLimits
    private let retention: EventRetention
    private let environment: Environment
    private let router: (any EventRouter)?
    /// What opening the log found.
    public let replay: ReplayReport

    private struct Submission {
        var events: [EncodedEvent]
        var bytes: Int
        /// The last record of the hub's log that they tell of, all of them together.
        var hubSequence: UInt64?
        var completion: @Sendable (EventRefusal?) -> Void
    }

    private struct Inbox {
        var waiting: [Submission] = []
        var events = 0
        var bytes = 0
        var isScheduled = false
        var isClosed = false
    }
    private let inbox = Mutex(Inbox())

    private struct Published {
        var sequence: UInt64
        var hubSequence: UInt64
        var obstacle: String?
        var refused = 0
        var bytes = 0
    }
    private let published: Mutex<Published>
    private let followers = Mutex([ObjectIdentifier: any EventFollower]())

    /// Opens the store on a log, replaying what its snapshot does not cover.
    ///
    /// - Throws: what the log refuses, with its place.
    public init(
        log: any EventLog, limits: EventLimits = EventLimits(), retention: EventRetention = EventRetention(),
        environment: Environment = .system, router: (any EventRouter)? = nil
    ) throws(LogFailure) {
        self.log = log
        self.limits = limits
        self.retention = retention
        self.environment = environment
        self.router = router
        // What is kept is kept in the log; memory holds no more than that.
        feed = LogFeed(
            of: log, entries: limits.eventsInMemory, bytes: min(limits.bytesInMemory, retention.bytes),
            pageBytes: limits.bytesPerPage)
        let visitor = EventStoreReplay()
        replay = try log.replay(visitor)
        last = log.lastSequence
        snapshotCovering = replay.snapshotCovering ?? 0
        batch = log.makeBatch()
        published = Mutex(Published(sequence: log.lastSequence, hubSequence: visitor.hubSequence))
        keepHouse()
    }

    // MARK: Writing

    /// Hands events over, in order; cheapest with a whole turn's at once. Encodes them on the calling thread.
    ///
    /// The completion is called once, on the store's queue, so it must do no more than pass the word on: with nil when the
    /// events are as durable as the setting promises, with a refusal when none of them is or ever will be there.
    public func append(_ events: [DeviceEvent], then completion: @escaping @Sendable (EventRefusal?) -> Void) {
        guard let route = router?.routing() else {
            return submit(events.map { EncodedEvent($0) }, hubSequence: nil, completion)
        }
        let encoded = events.map { event in
            var event = event
            route(&event)
            return EncodedEvent(event)
        }
        submit(encoded, hubSequence: nil, completion)
    }

    /// As above for what tells of the hub's own log up to the record `hubSequence`, each with the record that it tells of. All
    /// of them are stored or none, whenever the process dies. Where there are none it is remembered all the same, while the
    /// process lives, how far the log has been told.
    public func append(
        _ notifications: [(hubSequence: UInt64, notification: HubNotification)], tellingThrough hubSequence: UInt64,
        then completion: @escaping @Sendable (EventRefusal?) -> Void
    ) {
        guard let route = router?.routing() else {
            let encoded = notifications.map { EncodedEvent($0.notification, hubSequence: $0.hubSequence) }
            return submit(encoded, hubSequence: hubSequence, completion)
        }
        let encoded = notifications.map { told in
            var event = told.notification.event
            route(&event)
            return EncodedEvent(event, hubSequence: told.hubSequence)
        }
        submit(encoded, hubSequence: hubSequence, completion)
    }

    private func submit(
        _ events: [EncodedEvent], hubSequence: UInt64?, _ completion: @escaping @Sendable (EventRefusal?) -> Void
    ) {
        let bytes = events.reduce(0) { $0 + $1.object.count }
        let (refusal, schedule) = inbox.withLock { inbox -> (EventRefusal?, Bool) in
            if inbox.isClosed { return (.closed, false) }
            // One submission is taken however large it is, or it would never be.
            if inbox.events > 0,
                inbox.events + events.count > limits.waitingEvents || inbox.bytes + bytes > limits.waitingBytes
            {
                return (.overloaded(waiting: inbox.events), false)
            }
            inbox.waiting.append(
                Submission(events: events, bytes: bytes, hubSequence: hubSequence, completion: completion))
            inbox.events += events.count
            inbox.bytes += bytes
            defer { inbox.isScheduled = true }
            return (nil, !inbox.isScheduled)
        }
        if let refusal {
            published.withLock { $0.refused += events.count }
            // By way of the queue, so that no completion comes before `append` has returned.
            queue.async { completion(refusal) }
        } else if schedule {
            queue.async { self.drain() }
        }
    }

    private func drain() {
        while true {
            let waiting = inbox.withLock { inbox -> [Submission] in
                if inbox.waiting.isEmpty { inbox.isScheduled = false }
                defer { inbox.waiting = [] }
                return inbox.waiting
            }
            if waiting.isEmpty { return }
            var rest = waiting[...]
            while !rest.isEmpty { rest = rest.dropFirst(write(rest)) }
        }
    }

    /// Writes and publishes one batch; answers how many submissions it took in.
    private func write(_ waiting: ArraySlice<Submission>) -> Int {
        batch.removeAll()
        var stored: [StoredEvent] = []
        var taken = waiting.prefix(0)
        for submission in waiting {
            if batch.bytes.count > limits.bytesPerBatch { break }
            taken = waiting[taken.startIndex...taken.endIndex]
            for (index, event) in submission.events.enumerated() {
                let sequence = last + UInt64(stored.count) + 1
                let isTogether = submission.hubSequence != nil && index < submission.events.count - 1
                batch.add(
                    sequence: sequence, time: event.time, kind: event.source.name, event: event.object,
                    continues: isTogether)
                stored.append(StoredEvent(sequence: sequence, event))
            }
        }
        var refusal: EventRefusal?
        do {
            try log.append(batch)
        } catch {
            refusal = .unwritable(reason: error.description)
        }
        publish(stored, of: taken, refusal)
        return taken.count
    }

    private func publish(_ stored: [StoredEvent], of taken: ArraySlice<Submission>, _ refusal: EventRefusal?) {
        if refusal == nil {
            last += UInt64(stored.count)
            feed.append(stored)
        }
        let events = taken.reduce(0) { $0 + $1.events.count }
        let bytes = taken.reduce(0) { $0 + $1.bytes }
        inbox.withLock {
            $0.events -= events
            $0.bytes -= bytes
        }
        published.withLock { published in
            published.obstacle = stored.isEmpty ? published.obstacle : refusal?.description
            if refusal != nil {
                published.refused += events
            } else {
                published.sequence = last
                published.bytes += bytes
                for submission in taken {
                    published.hubSequence = max(published.hubSequence, submission.hubSequence ?? 0)
                }
            }
        }
        for submission in taken { submission.completion(refusal) }
        if refusal == nil, !stored.isEmpty {
            for follower in followers.withLock({ Array($0.values) }) { follower.eventsArrived() }
            if log.snapshotDue { takeSnapshot() }
        }
    }

    // MARK: Reading

    /// The newest event's sequence; 0 where there is none.
    public var lastSequence: UInt64 { published.withLock { $0.sequence } }

    /// The oldest event that can still be read; `lastSequence + 1` where there is none.
    public var oldestSequence: UInt64 { log.oldestSequence }

    /// Up to which record of its log the hub has been told of.
    public var hubSequence: UInt64 { published.withLock { $0.hubSequence } }

    /// Events after this sequence, oldest first, if the newest ones in memory reach back that far.
    public func recent(after sequence: UInt64, limit: Int) -> LogPage<StoredEvent> {
        feed.recent(after: sequence, limit: limit)
    }

    /// As above, from the log where memory does not reach back; answers on a queue of its own.
    public func read(
        after sequence: UInt64, limit: Int, then answer: @escaping @Sendable (LogPage<StoredEvent>) -> Void
    ) {
        feed.read(after: sequence, limit: limit, then: answer)
    }

    /// From now on the follower is told when there is more to read.
    public func follow(_ follower: any EventFollower) {
        followers.withLock { $0[ObjectIdentifier(follower)] = follower }
    }

    public func unfollow(_ follower: any EventFollower) {
        followers.withLock { $0[ObjectIdentifier(follower)] = nil }
    }

    // MARK: Health

    /// Why events are refused at present; nil while they are taken.
    public var obstacle: String? { published.withLock { $0.obstacle } }

    /// What went through the store since the process began, and what waits.
    public var counts: EventCounts {
        let (waiting, waitingBytes) = inbox.withLock { ($0.events, $0.bytes) }
        return published.withLock {
            EventCounts(bytes: $0.bytes, refused: $0.refused, waiting: waiting, waitingBytes: waitingBytes)
        }
    }

    // MARK: Keeping house

    /// How often what is too old is looked for.
    private static let housekeepingSeconds = 600

    private func keepHouse() {
        queue.asyncAfter(deadline: .now() + .seconds(Self.housekeepingSeconds)) { [weak self] in
            guard let self, !self.inbox.withLock({ $0.isClosed }) else { return }
            self.forgetOld()
            self.keepHouse()
        }
    }

    /// Drops what is older than is kept. The snapshot makes sure that nothing old is needed to open the store again.
    private func forgetOld() {
        takeSnapshot()
        log.forget(before: environment.now().adding(seconds: -Double(retention.seconds)))
    }

    /// Waits for `forgetOld`, for tests that cannot wait for the clock.
    func forgetOldNow() { queue.sync { forgetOld() } }

    /// One short line; it lets older segments be compressed and dropped. Where it fails the next one does it.
    private func takeSnapshot() {
        guard last > snapshotCovering else { return }
        do throws(LogFailure) {
            let writer = try log.beginSnapshot(covering: last, at: environment.now())
            try writer.append(EventStoreReplay.line(hubSequence: hubSequence))
            try writer.commit()
            snapshotCovering = last
        } catch {}
    }

    /// Takes no more events, writes what waits, makes everything durable and closes the log.
    public func close() {
        inbox.withLock { $0.isClosed = true }
        queue.sync {
            drain()
            do throws(LogFailure) { try log.close() } catch { published.withLock { $0.obstacle = error.description } }
        }
    }
}
