import Defender
import JSON
import Vocabulary

/// One security agent without a connection: what it does with what it is told, and when it sends what. Time is handed in, so
/// that hours of an agent's life can be looked at in no time.
struct SimulatedAgent: Sendable {
    /// What the agent wants done.
    enum Action: Sendable {
        /// Report this patch; the agent is at this version of its twin.
        case report([UInt8], version: UInt64)
        /// The version is settled without a report.
        case settled(version: UInt64)
        /// The version was refused because of these keys.
        case refused(version: UInt64, keys: [String])
        case send(AgentMessage)
    }

    /// A moment on the agent's own clock, in milliseconds, and what the wall clock says.
    struct Moment: Sendable {
        var elapsed: UInt64
        var wall: Timestamp
    }

    /// Deliveries that wait for agent C's scheduler; more are taken in at once.
    private static let deliveriesWaiting = 64

    let character: AgentCharacter
    let agentID: RequestID
    var routine: AgentRoutine?
    var random: SeededRandom
    var queues: EventQueues
    var aggregator = EventAggregator()
    /// When each queue was last sent, and when what is collected next is due.
    var sentAt: [EventQueues.Queue: UInt64] = [:]
    var snapshotsAt: [EventName: UInt64] = [:]
    var triggersDue: UInt64 = 0
    var hasSeenItsStart = false
    var messages = (sent: 0, small: 0, failed: 0)
    let host: String
    private(set) var followed: FollowedAgent
    private var running: RunningConfiguration?
    private var waiting: [ConfigurationDelivery] = []
    private var twinDue: UInt64?

    init(_ character: AgentCharacter, host: String) {
        self.character = character
        self.host = host
        random = character.random
        agentID = RequestID(high: random.next(), low: random.next())
        queues = EventQueues(of: character.kind)
        followed = FollowedAgent(character.kind)
    }

    // MARK: What it is told

    mutating func receive(_ delivery: ConfigurationDelivery, at now: Moment, room: Int) -> [Action] {
        guard character.conduct != .ignores || followed.state == .waiting else { return [] }
        // Agent C takes its first document at once, since its start waits for it, and all others by its scheduler.
        guard character.kind == .c, followed.state != .waiting, waiting.count < Self.deliveriesWaiting else {
            return process(delivery, at: now, room: room)
        }
        waiting.append(delivery)
        if twinDue == nil { twinDue = (now.elapsed / AgentRoutine.twinScheduler + 1) * AgentRoutine.twinScheduler }
        return []
    }

    private mutating func process(_ delivery: ConfigurationDelivery, at now: Moment, room: Int) -> [Action] {
        var actions: [Action] = []
        // The micro agent first sends all that is unsent (defender.md section 3.1).
        if character.kind == .micro { actions = sendAll(now, room: room) }
        let outcome = followed.receive(delivery)
        switch outcome {
        case .refused(let refusal):
            actions.append(.refused(version: delivery.version, keys: refusal.keys))
            guard followed.state == .running else { return actions + [.settled(version: delivery.version)] }
            if running == nil { run(RunningConfiguration(defaultsOf: character.kind), at: now) }
            observe(refusal, now)
            // Agent C# says nothing of what it has refused.
            if character.kind == .csharp { return actions + [.settled(version: delivery.version)] }
            return actions + report(delivery.version, invalid: refusal.keys)
        case .accepted(let configuration):
            guard followed.state == .running else { return [.settled(version: delivery.version)] }
            run(configuration, at: now)
            observeFaults(of: configuration, now)
            return actions + report(delivery.version, invalid: [])
        }
    }

    private func report(_ version: UInt64, invalid keys: [String]) -> [Action] {
        guard character.conduct != .silent, let running else { return [.settled(version: version)] }
        let isHonest = character.conduct != .reportsOtherwise
        if character.kind == .micro {
            let keys = isHonest ? keys : ["CollectorsCore_PriorityIntervals"]
            return [.report(ReportedConfiguration.microPatch(invalid: keys), version: version)]
        }
        let said = isHonest ? running : RunningConfiguration(defaultsOf: character.kind)
        return [.report(ReportedConfiguration.patch(said), version: version)]
    }

    private mutating func run(_ configuration: RunningConfiguration, at now: Moment) {
        let isStart = running == nil
        running = configuration
        routine = AgentRoutine(configuration)
        guard isStart else { return }
        triggersDue = now.elapsed
        for queue in EventQueues.Queue.allCases {
            // Agent C# sends at once after its start, the others when the interval is over (defender.md section 5.5).
            sentAt[queue] = character.kind == .csharp ? nil : now.elapsed
        }
    }

    private mutating func observe(_ refusal: ConfigurationRefusal, _ now: Moment) {
        guard let name = refusal.eventName, let message = refusal.eventMessage else { return }
        observe(ConfigurationFault(name: name, type: "TypeMismatch", used: used, message: message), now)
    }

    /// The checks that the agents make of a configuration that they could read (defender.md section 5.3).
    private mutating func observeFaults(of configuration: RunningConfiguration, _ now: Moment) {
        guard character.kind != .micro else { return }
        let faults = ConfigurationFault.all(of: configuration)
        for fault in faults { observe(fault, now) }
        if faults.isEmpty, character.kind == .c { observe(nil, now) }
    }

    private mutating func observe(_ fault: ConfigurationFault?, _ now: Moment) {
        add(.configurationError, .configuration(fault), now)
    }

    /// Both agents send the whole of what they run with.
    private var used: String {
        running.map { String(decoding: ReportedConfiguration.patch($0), as: UTF8.self) } ?? ""
    }

    // MARK: Time

    /// When something is to be done next; nil while the agent waits for its twin, or does not run.
    var due: UInt64? {
        guard routine != nil else { return nil }
        return [twinDue, workDue].compactMap { $0 }.min()
    }

    /// - Parameter room: messages that can be sent now; what there is no room for waits.
    mutating func timePassed(_ now: Moment, room: Int) -> [Action] {
        var actions: [Action] = []
        if let due = twinDue, due <= now.elapsed {
            twinDue = nil
            let taken = waiting
            waiting = []
            for delivery in taken { actions += process(delivery, at: now, room: room) }
        }
        guard routine != nil, character.conduct != .silent else { return actions }
        collect(now)
        return actions + sendDue(now, room: room)
    }
}
