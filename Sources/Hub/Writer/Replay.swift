import JSON
import Journal
import Vocabulary

/// Opening a hub: the newest snapshot's entities are taken in unread, then the events after it are evolved.
enum Replay {
    static func run(
        _ log: any EventLog, into index: EntityIndex, feed: ChangeFeed, limits: HubLimits
    ) throws -> (state: HubState, lastSequence: UInt64) {
        var state = HubState(base: index, limits: limits)
        var lastSequence: UInt64 = 0
        var reader = SnapshotReader()
        try log.replay(
            snapshot: { line in try reader.take(line, into: index) },
            record: { record in
                if lastSequence == 0, let header = reader.header {
                    state = HubState(base: index, limits: limits, registry: header.registry, seed: reader.seed)
                    lastSequence = header.sequence
                }
                let event = try RecordedEvent(record)
                try state.evolve(event.event, at: event.time)
                _ = index.publish(state.changed, clearing: state.isCleared)
                state = state.published()
                feed.append([event])
                lastSequence = record.sequence
            })
        if lastSequence == 0, let header = reader.header {
            state = HubState(base: index, limits: limits, registry: header.registry, seed: reader.seed)
            lastSequence = header.sequence
        }
        return (state, lastSequence)
    }
}
