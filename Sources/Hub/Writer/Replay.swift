import JSON
import Journal
import Vocabulary

/// Opening a hub: the newest snapshot's entities are taken in unread, then the events after it are evolved.
final class Replay: LogVisitor {
    private let index: EntityIndex
    private let feed: ChangeFeed
    private let limits: HubLimits
    private var snapshot = SnapshotReader()
    private var entities: EntityIntake?
    private var replaying: HubState?
    private(set) var lastSequence: UInt64 = 0

    init(into index: EntityIndex, feed: ChangeFeed, limits: HubLimits) {
        self.index = index
        self.feed = feed
        self.limits = limits
    }

    /// The state after everything that was visited.
    var state: HubState {
        replaying
            ?? HubState(
                base: index, limits: limits, registry: snapshot.header?.registry ?? RegistrySummary(),
                seed: snapshot.seed(and: entities?.seeds ?? []), feedback: snapshot.header?.feedback ?? FeedbackQueue(),
                authorities: snapshot.authorities, settings: snapshot.header?.settings ?? DefenderSettings(),
                groups: snapshot.groups, configurations: snapshot.configurations, jobs: snapshot.jobs,
                registryJobs: snapshot.registryJobs, routing: snapshot.header?.routing,
                attention: Attention(
                    connected: snapshot.header?.connected ?? [], queued: snapshot.header?.queued ?? []))
    }

    func beginSnapshot(covering sequence: UInt64, lines: Int) {
        lastSequence = sequence
        snapshot.lines = lines
    }

    func visitSnapshotLine(_ line: LogSlice) throws { try snapshot.take(line, into: index) }

    /// What comes before the hub's own line is nothing that an entity could be taken in after.
    var intake: (any SnapshotIntake)? {
        guard snapshot.header != nil else { return nil }
        let intake =
            entities
            ?? EntityIntake(
                into: index, entitiesRead: snapshot.entitiesRead, seedsRead: snapshot.seedsRead)
        entities = intake
        return intake
    }

    func visit(_ record: LogRecord) throws {
        let recorded = try RecordedEvent(record)
        var state = state
        // Given up while it changes, so that its storage has one owner.
        replaying = nil
        try state.evolve(recorded.event, at: recorded.time)
        _ = index.publish(state.changed, clearing: state.isCleared)
        state.attention.note(state.changed, clearing: state.isCleared)
        replaying = state.published()
        feed.append([recorded])
        lastSequence = recorded.sequence
    }
}
