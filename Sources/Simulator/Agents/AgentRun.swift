import Reactor
import Synchronization
import Vocabulary

/// Many simulated security agents on all processors, until it is stopped or has seen what it was to see.
public final class AgentRun: Sendable {
    private struct State {
        var tally: AgentTally
        var began: UInt64 = 0
        var hasStarted = false
        var isOver = false
        var failure: String?
        /// Why an agent was lost or did not come to be, the last time.
        var lastLoss: String?
    }

    private let plan: AgentPlan
    private let server: ServerAddress
    private let cast: [(ClientIdentity, AgentCharacter)]
    private let shards: [Shard]
    private let parts = Mutex<[AgentShard]>([])
    private let state: Mutex<State>
    private let environment: Environment
    private let report: @Sendable (AgentReport) -> Void

    /// - Parameters:
    ///   - identities: of the devices' security modules.
    ///   - report: called on any shard; the last call is with ``AgentReport/ended(_:)``.
    public init(
        _ plan: AgentPlan, _ identities: [ClientIdentity], of server: ServerAddress, on shards: [Shard],
        environment: Environment = .system, report: @escaping @Sendable (AgentReport) -> Void
    ) {
        self.plan = plan
        self.server = server
        self.shards = shards
        self.environment = environment
        self.report = report
        cast = Array(zip(identities, plan.cast(identities.count)))
        let reporters = cast.count { $0.1.conduct.reports }
        state = Mutex(State(tally: AgentTally(agents: cast.count, reporters: reporters)))
    }

    /// Begins. The run has to be held until it has ended.
    public func start() {
        state.withLock { $0.began = MonotonicClock.nanoseconds }
        let share = 1 / Double(shards.count)
        let made = shards.map { AgentShard($0, plan, share: share, environment: environment, self) }
        parts.withLock { $0 = made }
        for (number, part) in made.enumerated() {
            let own = stride(from: number, to: cast.count, by: shards.count).map { cast[$0] }
            let server = server
            part.shard.post { part.start(own, server) }
        }
        let first = shards[0]
        first.post { [self] in
            everySecond(on: first)
            guard case .afterSeconds(let seconds) = plan.end else { return }
            first.schedule(ShardTimer { [self] in stop() }, afterMilliseconds: seconds * 1000)
        }
    }

    /// The run counts for nothing.
    func fail(_ text: String) {
        let isFirst = state.withLock { state in
            guard state.failure == nil, !state.isOver else { return false }
            state.failure = text
            return true
        }
        if isFirst { stop() }
    }

    func noteLoss(_ reason: String) { state.withLock { $0.lastLoss = reason } }

    func take(_ signal: AgentTally.Signal) {
        let now = MonotonicClock.nanoseconds
        let (reached, began) = state.withLock { state in
            let reached = state.tally.take(signal, at: now)
            if reached.contains(where: { $0.0 == .started }) { state.hasStarted = true }
            return (reached, state.began)
        }
        for (milestone, since) in reached {
            switch milestone {
            case .started: report(.started(LoadMoment(began: began, ended: now)))
            case .allTold(let change): report(.told(change: change, LoadMoment(began: since, ended: now)))
            case .allReported(let change):
                report(.reported(change: change, LoadMoment(began: since, ended: now)))
                if plan.end == .afterChanges(change) { stop() }
            }
        }
    }

    // MARK: Once a second

    private func everySecond(on shard: Shard) {
        guard !state.withLock({ $0.isOver }) else { return }
        collect({ $0.counts() }) { [self] counts in look(counts.reduce(AgentCounts(), +)) }
        shard.schedule(ShardTimer { [self] in everySecond(on: shard) }, afterMilliseconds: 1000)
    }

    private func look(_ counts: AgentCounts) {
        let (isOver, hasStarted, began, lastLoss) = state.withLock { ($0.isOver, $0.hasStarted, $0.began, $0.lastLoss) }
        guard !isOver else { return }
        report(.progress(counts))
        guard !hasStarted, MonotonicClock.nanoseconds - began > UInt64(plan.patienceSeconds) * 1_000_000_000 else {
            return
        }
        let loss = lastLoss.map { "; the last loss: \($0)" } ?? ""
        fail(
            "not started after \(plan.patienceSeconds) seconds: \(counts.connected) of \(cast.count) agents are connected, "
                + "\(counts.missing) have not reported\(loss)")
    }

    // MARK: The end

    /// Ends the run, from any thread; a second time does nothing.
    public func stop() {
        let isFirst = state.withLock { state in
            defer { state.isOver = true }
            return !state.isOver
        }
        guard isFirst else { return }
        collect({ $0.stop() }) { [self] counts in
            var summary = AgentSummary()
            summary.agents = cast.count
            summary.drifting = cast.count { [.ignores, .reportsOtherwise].contains($0.1.conduct) }
            summary.silent = cast.count { $0.1.conduct == .silent }
            summary.failingBaseline = cast.count { $0.1.failsBaseline }
            summary.counts = counts.reduce(AgentCounts(), +)
            state.withLock { state in
                summary.work = LoadMoment(began: state.began, ended: MonotonicClock.nanoseconds)
                summary.failure = state.failure
            }
            parts.withLock { $0 = [] }
            report(.ended(summary))
        }
    }

    /// Asks every shard, each on its own, and hands over all that they say.
    private func collect<Part: Sendable>(
        _ ask: @escaping @Sendable (AgentShard) -> Part, then done: @escaping @Sendable ([Part]) -> Void
    ) {
        Collected.ask(parts.withLock { $0 }, ask, then: done)
    }
}
