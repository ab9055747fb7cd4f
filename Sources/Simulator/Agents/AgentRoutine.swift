import Defender

/// What a configuration makes an agent do, and when; lengths of time are milliseconds of the agent's own.
struct AgentRoutine: Sendable {
    let agent: AgentKind
    /// How often what waits in a queue is sent.
    private let sending: [EventQueues.Queue: UInt64]
    private let queues: [EventName: EventQueues.Queue]
    /// How often equal events are sent as one.
    private let aggregation: [EventName: UInt64]
    /// How often a snapshot is taken.
    private let snapshots: [EventName: UInt64]
    let messageBytes: Int
    let cacheBytes: Int
    let hubResourceID: String

    /// How often an agent looks whether something is due: agent C each second, agent C# by its `consumerInterval`
    /// (defender.md sections 4.1 and 5.5); of the micro agent it is not known.
    static func check(of agent: AgentKind) -> UInt64 { agent == .csharp ? 120_000 : 1000 }
    /// How often triggered collectors run (defender.md section 5.5).
    static let triggers: UInt64 = 120_000
    /// Agent C's scheduler of twin documents (defender.md section 2.4).
    static let twinScheduler: UInt64 = 10_000

    init(_ configuration: RunningConfiguration) {
        agent = configuration.agent
        let reader = RoutineReader(configuration)
        queues = Dictionary(
            uniqueKeysWithValues: EventName.allCases.compactMap { name in reader.queue(of: name).map { (name, $0) } })
        aggregation = Dictionary(
            uniqueKeysWithValues: EventName.triggers.compactMap { name in
                reader.aggregation(of: name).map { (name, $0) }
            })
        sending = reader.sending
        let (every, own) = (reader.duration("snapshotFrequency"), sending)
        snapshots = queues.filter(\.key.isPeriodic).mapValues { queue in every ?? own[queue] ?? Self.triggers }
        messageBytes = reader.integer("maxMessageSizeInBytes") ?? EventQueues.hubBytes
        cacheBytes = reader.integer("maxLocalCacheSizeInBytes") ?? EventQueues.hubBytes
        hubResourceID = reader.text("hubResourceId") ?? ""
    }

    /// Nil where the event's collector is off, or the agent has none.
    func queue(of name: EventName) -> EventQueues.Queue? { queues[name] }

    /// Nil where each event is sent for itself.
    func aggregation(of name: EventName) -> UInt64? { aggregation[name] }

    /// Nil where no such snapshot is taken.
    func snapshots(of name: EventName) -> UInt64? { snapshots[name].map { max($0, Self.check(of: agent)) } }

    /// Nil for a queue that is never due by itself.
    func sending(_ queue: EventQueues.Queue) -> UInt64? {
        let check = Self.check(of: agent)
        // Whoever looks every two minutes sends at multiples of them.
        return sending[queue].map { max(($0 + check - 1) / check * check, check) }
    }
}

/// Finds the parts of a routine in a configuration.
private struct RoutineReader {
    private let configuration: RunningConfiguration

    init(_ configuration: RunningConfiguration) { self.configuration = configuration }

    var sending: [EventQueues.Queue: UInt64] {
        guard configuration.agent == .micro else {
            return [
                .high: duration("highPriorityMessageFrequency") ?? 0,
                .low: duration("lowPriorityMessageFrequency") ?? 0,
            ]
        }
        guard let minutes = text("CollectorsCore_PriorityIntervals").flatMap({ PriorityIntervals($0) }) else {
            return [:]
        }
        return [.high: minutes.high * 60_000, .medium: minutes.medium * 60_000, .low: minutes.low * 60_000]
    }

    func queue(of name: EventName) -> EventQueues.Queue? {
        guard configuration.agent != .micro else {
            guard let component = name.microComponent, configuration["\(component)_Disabled"] == .boolean(false),
                let word = text("\(component)_MessageFrequency")
            else { return nil }
            return EventQueues.Queue(rawValue: word)
        }
        // One switch turns all of agent C's operational events on or off (defender.md section 2.2).
        let isOperational = name.type == "Operational"
        let key = isOperational && configuration.agent == .c ? "Operational" : name.rawValue
        guard let word = text("eventPriority\(key)"), word != "Off" else { return nil }
        return isOperational ? .operational : EventQueues.Queue(rawValue: word)
    }

    func aggregation(of name: EventName) -> UInt64? {
        guard configuration["aggregationEnabled\(name.rawValue)"] == .boolean(true) else { return nil }
        return duration("aggregationInterval\(name.rawValue)")
    }

    func duration(_ key: String) -> UInt64? {
        guard case .duration(let duration) = configuration[key] else { return nil }
        return duration.milliseconds
    }

    func integer(_ key: String) -> Int? {
        guard case .integer(let number) = configuration[key] else { return nil }
        return Int(clamping: number)
    }

    func text(_ key: String) -> String? {
        switch configuration[key] {
        case .word(let text), .text(let text): text
        default: nil
        }
    }
}
