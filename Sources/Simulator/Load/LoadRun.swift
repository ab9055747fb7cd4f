import Reactor
import Synchronization

/// Many simulated clients on all processors, doing one piece of work together.
public final class LoadRun: Sendable {
    private struct State {
        var tally: LoadTally
        var phase = Phase.connecting
        var began: UInt64 = 0
        /// When the work ended, and what it took in.
        var workEnded: UInt64?
        var failure: String?
        /// Why a client was lost or did not come to be, the last time.
        var lastLoss: String?
        /// For the end by silence: messages received, and when that number last changed.
        var received = 0
        var receivedAt: UInt64 = 0
    }

    private enum Phase { case connecting, working, draining, over }

    private let plan: LoadPlan
    private let server: ServerAddress
    private let identities: [ClientIdentity]
    private let shards: [Shard]
    private let parts = Mutex<[LoadShard]>([])
    private let state: Mutex<State>
    private let report: @Sendable (LoadReport) -> Void

    /// - Parameter report: called on any shard; the last call is with ``LoadReport/ended(_:)``.
    public init(
        _ plan: LoadPlan, _ identities: [ClientIdentity], of server: ServerAddress, on shards: [Shard],
        report: @escaping @Sendable (LoadReport) -> Void
    ) {
        self.plan = plan
        self.identities = identities
        self.server = server
        self.shards = shards
        self.report = report
        state = Mutex(State(tally: LoadTally(clients: identities.count)))
    }

    /// Begins. The run has to be held until it has ended.
    public func start() {
        state.withLock { $0.began = MonotonicClock.nanoseconds }
        let made = shards.map { LoadShard($0, plan, share: 1 / Double(shards.count), self) }
        parts.withLock { $0 = made }
        for (number, part) in made.enumerated() {
            let own = stride(from: number, to: identities.count, by: shards.count).map { identities[$0] }
            let server = server
            part.shard.post { part.start(own, server) }
        }
        let first = shards[0]
        first.post { [self] in everySecond(on: first) }
    }

    /// The run counts for nothing.
    func fail(_ text: String) {
        let isFirst = state.withLock { state in
            guard state.failure == nil else { return false }
            state.failure = text
            return true
        }
        if isFirst { end() }
    }

    func noteLoss(_ reason: String) { state.withLock { $0.lastLoss = reason } }

    // MARK: Milestones

    func take(_ signal: LoadTally.Signal) {
        let now = MonotonicClock.nanoseconds
        let (milestone, began, lostAt) = state.withLock { state in
            (state.tally.take(signal, at: now), state.began, state.tally.firstLostAt)
        }
        switch milestone {
        case nil: return
        case .allReady:
            report(.connected(LoadMoment(began: began, ended: now)))
            work(from: now)
        case .allTold(let round):
            report(.told(round: round, LoadMoment(began: began, ended: now)))
            if case .fanOut(let rounds) = plan.work, round == rounds { end() }
        case .allBack:
            report(.back(LoadMoment(began: lostAt ?? now, ended: now)))
            if plan.work == .reconnect { end() }
        }
    }

    private func work(from now: UInt64) {
        state.withLock { state in
            if state.phase == .connecting { state.phase = .working }
            state.began = now
            state.receivedAt = now
        }
        switch plan.work {
        case .connect(let seconds): after(seconds) { $0.end() }
        case .telemetry(let seconds, _):
            for part in parts.withLock({ $0 }) { part.shard.post { part.startPublishing() } }
            after(seconds) { $0.drain() }
        case .fanOut, .reconnect, .receive: break
        }
    }

    /// Nothing more is sent; what is under way is waited for.
    private func drain() {
        state.withLock { state in
            state.phase = .draining
            state.workEnded = MonotonicClock.nanoseconds
        }
        for part in parts.withLock({ $0 }) { part.shard.post { part.stopPublishing() } }
    }

    private func after(_ seconds: Int, _ body: @escaping @Sendable (LoadRun) -> Void) {
        let shard = shards[0]
        shard.post { [self] in
            shard.schedule(ShardTimer { body(self) }, afterMilliseconds: seconds * 1000)
        }
    }

    // MARK: Once a second

    private func everySecond(on shard: Shard) {
        guard state.withLock({ $0.phase != .over }) else { return }
        collect({ $0.counts() }) { [self] counts in look(counts.reduce(ClientCounts(), +)) }
        shard.schedule(ShardTimer { [self] in everySecond(on: shard) }, afterMilliseconds: 1000)
    }

    private func look(_ counts: ClientCounts) {
        let now = MonotonicClock.nanoseconds
        let (phase, ready, began, receivedAt) = state.withLock { state in
            if state.received != counts.received {
                state.received = counts.received
                state.receivedAt = now
            }
            return (state.phase, state.tally.ready, state.began, state.receivedAt)
        }
        guard phase != .over else { return }
        report(.progress(ready: ready, counts))
        if phase == .draining, counts.acknowledged == counts.published { return end() }
        if case .receive(let idle) = plan.work, phase == .working, counts.received > 0,
            now - receivedAt >= UInt64(idle) * 1_000_000_000
        {
            return end()
        }
        let patience = plan.patienceSeconds + plan.workSeconds
        if now - began > UInt64(patience) * 1_000_000_000 {
            let loss = state.withLock { $0.lastLoss }.map { "; the last loss: \($0)" } ?? ""
            fail("not done after \(patience) seconds: \(ready) of \(identities.count) clients are connected\(loss)")
        }
    }

    // MARK: The end

    private func end() {
        let isFirst = state.withLock { state in
            guard state.phase != .over else { return false }
            state.phase = .over
            if state.workEnded == nil { state.workEnded = MonotonicClock.nanoseconds }
            return true
        }
        guard isFirst else { return }
        collect({ $0.stop() }) { [self] parts in
            var summary = LoadSummary()
            summary.clients = identities.count
            for part in parts {
                summary.counts = summary.counts + part.counts
                summary.latencies.add(part.latencies)
                summary.lastReceivedAt = max(summary.lastReceivedAt, part.lastReceivedAt)
            }
            state.withLock { state in
                summary.work = LoadMoment(began: state.began, ended: state.workEnded!)
                summary.failure = state.failure
            }
            self.parts.withLock { $0 = [] }
            report(.ended(summary))
        }
    }

    /// Asks every shard, each on its own, and hands over all that they say.
    private func collect<Part: Sendable>(
        _ ask: @escaping @Sendable (LoadShard) -> Part, then done: @escaping @Sendable ([Part]) -> Void
    ) {
        Collected.ask(parts.withLock { $0 }, ask, then: done)
    }
}

extension LoadPlan {
    /// What the work itself takes.
    fileprivate var workSeconds: Int {
        switch work {
        case .connect(let seconds), .telemetry(let seconds, _): seconds
        case .fanOut, .reconnect, .receive: 0
        }
    }
}
