import Vocabulary

/// Counts equal events and hands them on as one each interval (defender.md section 5.4).
struct EventAggregator: Sendable {
    /// What makes events equal: command line, executable, user and addresses all hang on the scene.
    private struct Key: Hashable {
        let name: EventName
        let scene: Int
    }

    private struct Count {
        let first: AgentEvent
        var hits: Int
    }

    private var counts: [Key: Count] = [:]
    private var ends: [EventName: UInt64] = [:]

    /// When the next interval ends; nil while nothing is counted.
    var due: UInt64? { ends.values.min() }

    mutating func add(_ event: AgentEvent, scene: Int, at now: UInt64, interval: UInt64) {
        counts[Key(name: event.name, scene: scene), default: Count(first: event, hits: 0)].hits += 1
        if ends[event.name] == nil { ends[event.name] = now + interval }
    }

    /// What the intervals that have ended by now have come to; all of it where nothing is to be kept.
    mutating func take(at now: UInt64, _ wall: Timestamp, all: Bool = false) -> [AgentEvent] {
        let over = ends.filter { all || $0.value <= now }.keys
        guard !over.isEmpty else { return [] }
        let ready = counts.filter { over.contains($0.key.name) }
        for key in ready.keys { counts[key] = nil }
        for name in over { ends[name] = nil }
        return ready.sorted { ($0.key.name.rawValue, $0.key.scene) < ($1.key.name.rawValue, $1.key.scene) }.map {
            _, count in
            AgentEvent(
                id: count.first.id, name: count.first.name, at: wall, observation: count.first.observation,
                aggregate: AgentEvent.Aggregate(hits: count.hits, from: count.first.at, to: wall))
        }
    }
}
