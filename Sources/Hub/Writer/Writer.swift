import Access
import Dispatch
import JSON
import Journal
import Synchronization
import Vocabulary

/// The one writer. Takes the commands that have piled up, decides them on its head state, appends their events, makes the
/// batch durable, and only then publishes: entities for readers, answers for callers, notices for those who wait.
///
/// Not checked: `state`, `durable`, `batch`, `json`, `sequence` and `isWaitingForQuiet` belong to `queue`; the rest is constant or locked.
final class Writer: @unchecked Sendable {
    private let queue = DispatchQueue(label: "twinhub.writer", qos: .userInitiated)
    private var state: HubState
    /// The state without the batch at hand, to return to when that cannot be made durable.
    private var durable: HubState
    private var batch: LogBatch
    private var json = JSONWriter()
    private var sequence: UInt64
    private var isWaitingForQuiet = false

    /// So long nothing is written before that counts as quiet.
    private static let quietSeconds = 10

    private let log: any EventLog
    private let index: EntityIndex
    private let feed: ChangeFeed
    private let subscribers: SubscriberTable
    private let snapshotter: Snapshotter
    private let rollout: Rollout
    private let limits: HubLimits
    private let environment: Environment

    /// What readers see of the state besides its entities.
    struct Published {
        var registry: RegistrySummary
        var sequence: UInt64
        var seedIsComplete: Bool
        var seedCount: Int
        var hasQueuedMessages: Bool
        var authorities: AuthorityRegistry
        /// Made of `authorities`.
        var trust: CertificateAuthorities
        var settings: DefenderSettings
        var groups: SecurityGroupRegistry
        var configurations: ConfigurationRegistry
        var jobs: JobBook
        var registryJobs: RegistryJobBook
        var routing: RoutingDeclaration?
        var obstacle: String?
    }
    let published: Mutex<Published>

    private struct Inbox {
        var waiting: [Submission] = []
        var isScheduled = false
        var isClosed = false
    }
    private let inbox = Mutex(Inbox())

    init(
        log: any EventLog, index: EntityIndex, feed: ChangeFeed, subscribers: SubscriberTable, state: HubState,
        lastSequence: UInt64, limits: HubLimits, environment: Environment
    ) {
        self.log = log
        self.index = index
        self.feed = feed
        self.subscribers = subscribers
        self.state = state
        durable = state
        self.limits = limits
        self.environment = environment
        sequence = lastSequence
        batch = log.makeBatch()
        snapshotter = Snapshotter(log: log)
        rollout = Rollout(subscribers, limits: limits, environment: environment)
        published = Mutex(
            Published(
                registry: state.registry, sequence: lastSequence, seedIsComplete: state.seed.isComplete,
                seedCount: state.seed.count, hasQueuedMessages: !state.attention.queued.isEmpty,
                authorities: state.authorities, trust: state.authorities.trust,
                settings: state.settings, groups: state.groups, configurations: state.configurations,
                jobs: state.jobs, registryJobs: state.registryJobs, routing: state.routing, obstacle: nil))
    }

    /// Goes on with what a process before this one has not finished.
    func resume() {
        queue.async {
            self.rollOut()
            self.waitForQuiet()
        }
    }

    private func rollOut() {
        guard !state.configurations.isSettled else { return }
        rollout.begin(on: self, state.configurations) { HubMoment(index.captureStripes()) }
    }

    func submit(_ submissions: [Submission]) {
        let (refused, schedule) = inbox.withLock { inbox -> (HubError?, Bool) in
            if inbox.isClosed { return (HubError(.serviceUnavailable, "The hub is shutting down."), false) }
            if inbox.waiting.count + submissions.count > limits.waitingCommands {
                return (HubError(.serverBusy, "More than \(limits.waitingCommands) commands wait."), false)
            }
            inbox.waiting += submissions
            defer { inbox.isScheduled = true }
            return (nil, !inbox.isScheduled)
        }
        if let refused {
            // Told by way of the queue, so that no caller is answered before its own `submit` has returned.
            queue.async { self.subscribers.deliver(submissions.map { Answer($0, .refused(refused)) }, [], []) }
        } else if schedule {
            queue.async { self.drain() }
        }
    }

    /// Hands over the index where no publishing can come between.
    func capture(then body: @escaping @Sendable (HubMoment) -> Void) {
        queue.async { body(HubMoment(self.index.captureStripes())) }
    }

    func close() {
        inbox.withLock { $0.isClosed = true }
        queue.sync {
            drain()
            snapshotter.finish()
            do throws(LogFailure) { try log.close() } catch { published.withLock { $0.obstacle = error.description } }
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

    /// Decides, appends, syncs and publishes one batch; answers how many commands it took in.
    private func write(_ waiting: ArraySlice<Submission>) -> Int {
        let context = DecisionContext(now: environment.now(), environment: environment)
        var answers: [Answer] = []
        var events: [RecordedEvent] = []
        batch.removeAll()
        for submission in waiting.prefix(limits.commandsPerBatch) {
            if batch.bytes.count > limits.bytesPerBatch { break }
            do {
                var decision = try state.decide(submission.command, context)
                state.follow(&decision, context)
                for (index, event) in decision.events.enumerated() {
                    let recorded = RecordedEvent(
                        sequence: sequence + UInt64(events.count) + 1, time: context.now, event: event,
                        origin: submission.origin)
                    json.removeAll()
                    recorded.writeBody(to: &json)
                    batch.add(
                        sequence: recorded.sequence, time: recorded.time, kind: recorded.kind.name, event: json.bytes,
                        continues: index < decision.events.count - 1)
                    events.append(recorded)
                }
                answers.append(Answer(submission, decision.outcome))
            } catch {
                answers.append(Answer(submission, .refused(error)))
            }
        }
        if !events.isEmpty {
            do {
                try log.append(batch)
            } catch {
                discard(answers, because: error)
                return answers.count
            }
        }
        publish(answers, events)
        return answers.count
    }

    /// Nothing of the batch has happened: not for readers, not for the next batch, and not for any of its callers, since
    /// each of them may have been decided on what another had changed.
    private func discard(_ answers: [Answer], because failure: LogFailure) {
        state = durable
        published.withLock { $0.obstacle = failure.description }
        let error = HubError(.serviceUnavailable, "The event log refuses writes: \(failure)")
        subscribers.deliver(answers.map { $0.refused(error) }, [], [])
    }

    private func publish(_ answers: [Answer], _ events: [RecordedEvent]) {
        var notices: [EntityIndex.Notice] = []
        // Without events something may have changed all the same: what passes with the process, such as locks.
        if !events.isEmpty || !state.changed.isEmpty {
            sequence += UInt64(events.count)
            notices = index.publish(state.changed, clearing: state.isCleared)
            state.attention.note(state.changed, clearing: state.isCleared)
            state = state.published()
            durable = state
            // Equal at a glance while nobody has touched them: both share their storage.
            let isSame = published.withLock { $0.authorities == state.authorities }
            let trust = isSame ? nil : state.authorities.trust
            published.withLock {
                if let trust { ($0.authorities, $0.trust) = (state.authorities, trust) }
                $0.registry = state.registry
                $0.settings = state.settings
                $0.groups = state.groups
                $0.configurations = state.configurations
                $0.jobs = state.jobs
                $0.registryJobs = state.registryJobs
                $0.routing = state.routing
                $0.sequence = sequence
                $0.seedIsComplete = state.seed.isComplete
                $0.seedCount = state.seed.count
                $0.hasQueuedMessages = !state.attention.queued.isEmpty
                if !events.isEmpty { $0.obstacle = nil }
            }
            feed.append(events)
            rollOut()
            if log.snapshotDue { takeSnapshot() } else { waitForQuiet() }
        }
        subscribers.deliver(answers, notices, events)
    }

    // MARK: Snapshots

    /// False where the last one is still being written.
    @discardableResult
    private func takeSnapshot() -> Bool {
        snapshotter.begin(
            Snapshot(sequence: sequence, state: state, entities: index.captureStripes()), at: environment.now())
    }

    /// A snapshot that is not yet due, for what it costs beside the writing, is taken when nothing is written: the next start then
    /// need not carry all of that out again.
    private func waitForQuiet() {
        guard !isWaitingForQuiet, log.snapshotHelps else { return }
        isWaitingForQuiet = true
        let last = sequence
        queue.asyncAfter(deadline: .now() + .seconds(Self.quietSeconds)) { [weak self] in
            guard let self, !self.inbox.withLock({ $0.isClosed }) else { return }
            self.isWaitingForQuiet = false
            // One that fails is not tried again before there is more to write.
            let isTaken = self.sequence == last && self.takeSnapshot()
            if !isTaken { self.waitForQuiet() }
        }
    }

    /// Takes a snapshot where it makes the next start shorter, and waits for it.
    func takeSnapshotNow() {
        snapshotter.finish()
        queue.sync { if log.snapshotHelps { takeSnapshot() } }
        snapshotter.finish()
    }
}
