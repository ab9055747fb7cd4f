import Defender

/// An agent's events on their way to the hub: a queue a priority, messages put together as the agent does it
/// (defender.md section 5.5).
struct EventQueues: Sendable {
    enum Queue: String, CaseIterable, Sendable {
        case operational = "Operational"
        case high = "High"
        case medium = "Medium"
        case low = "Low"
    }

    /// What DroppedEventsStatistics tells of a queue.
    struct Statistics: Hashable, Sendable {
        let queue: String
        let collected: Int
        let dropped: Int
    }

    /// What a hub takes as one message, less the envelope.
    static let hubBytes = 262_144 - 1024
    /// Events of one agent, so that thousands of agents fit into memory whatever their caches would hold.
    static let eventsPerAgent = 512

    private struct Waiting: Sendable {
        let event: AgentEvent
        let bytes: Int
    }

    private let agent: AgentKind
    private var waiting: [Queue: [Waiting]] = [:]
    private var bytes: [Queue: Int] = [:]
    private var collected: [Queue: Int] = [:]
    private var dropped: [Queue: Int] = [:]

    init(of agent: AgentKind) { self.agent = agent }

    var count: Int { waiting.values.reduce(0) { $0 + $1.count } }
    func isEmpty(_ queue: Queue) -> Bool { waiting[queue]?.isEmpty ?? true }

    /// - Parameter size: of the event as it is written, in bytes.
    mutating func add(_ event: AgentEvent, size: Int, to queue: Queue, _ routine: AgentRoutine) {
        // Agent C# counts in UTF-16.
        let size = agent == .csharp ? size * 2 : size
        collected[queue, default: 0] += 1
        guard count < Self.eventsPerAgent, hasRoom(for: size, in: queue, routine) else {
            dropped[queue, default: 0] += 1
            return
        }
        waiting[queue, default: []].append(Waiting(event: event, bytes: size))
        bytes[queue, default: 0] += size
    }

    private func hasRoom(for size: Int, in queue: Queue, _ routine: AgentRoutine) -> Bool {
        guard agent == .csharp else { return bytes.values.reduce(size, +) <= routine.cacheBytes }
        let share = queue == .operational ? 0.1 : 0.5
        return size <= routine.messageBytes
            && bytes[queue, default: 0] + size <= Int(Double(routine.cacheBytes) * share)
    }

    /// The events of the next message: operational ones first, then those that are due, then others to fill it up. Empty while
    /// nothing is due.
    mutating func take(due queue: Queue, _ routine: AgentRoutine) -> [AgentEvent] {
        guard !isEmpty(queue) else { return [] }
        // Agent C stays below its limit, agent C# reaches it.
        var room = min(agent == .c ? routine.messageBytes - 1 : routine.messageBytes, Self.hubBytes)
        var taken: [AgentEvent] = []
        let sources = agent == .micro ? [queue] : [.operational, queue] + Queue.allCases
        for source in sources {
            // An event that is larger than a message blocks those behind it.
            let part = waiting[source, default: []].prefix { next in
                guard next.bytes <= room else { return false }
                room -= next.bytes
                return true
            }
            taken += part.map(\.event)
            bytes[source, default: 0] -= part.reduce(0) { $0 + $1.bytes }
            waiting[source, default: []].removeFirst(part.count)
        }
        return taken
    }

    /// What has been collected and dropped since it was last asked.
    mutating func takeStatistics() -> [Statistics] {
        defer { (collected, dropped) = ([:], [:]) }
        let queues: [Queue] = agent == .csharp ? [.high, .low, .operational] : [.high, .low]
        return queues.map {
            Statistics(queue: $0.rawValue, collected: collected[$0, default: 0], dropped: dropped[$0, default: 0])
        }
    }
}
