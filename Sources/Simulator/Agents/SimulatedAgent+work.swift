import JSON
import Vocabulary

// What a running agent collects and sends, and when.
extension SimulatedAgent {
    /// When the next of it is due.
    var workDue: UInt64? {
        guard let routine, character.conduct != .silent else { return nil }
        var due = [triggersDue]
        if let end = aggregator.due { due.append(end) }
        for name in EventName.snapshots {
            if let every = routine.snapshots(of: name) { due.append(snapshotsAt[name].map { $0 + every } ?? 0) }
        }
        for queue in EventQueues.Queue.allCases {
            if let at = sendingDue(queue, routine) { due.append(at) }
        }
        return due.min()
    }

    private func sendingDue(_ queue: EventQueues.Queue, _ routine: AgentRoutine) -> UInt64? {
        guard let every = routine.sending(queue) else { return nil }
        return sentAt[queue].map { $0 + every } ?? 0
    }

    // MARK: Collecting

    mutating func collect(_ now: Moment) {
        guard let routine else { return }
        for event in aggregator.take(at: now.elapsed, now.wall) { enqueue(event) }
        for name in EventName.snapshots {
            guard let every = routine.snapshots(of: name), snapshotsAt[name].map({ $0 + every <= now.elapsed }) ?? true
            else { continue }
            snapshotsAt[name] = now.elapsed
            snapshot(name, now)
        }
        if triggersDue <= now.elapsed {
            triggersDue = now.elapsed + AgentRoutine.triggers
            for name in EventName.triggers { trigger(name, now) }
            hasSeenItsStart = true
        }
    }

    private mutating func snapshot(_ name: EventName, _ now: Moment) {
        switch name {
        case .listeningPorts: add(name, .ports(character.number % AgentScenes.ports.count), now)
        case .localUsers: add(name, .users, now)
        case .firewallConfiguration: add(name, .firewall, now)
        case .osBaseline:
            let failing = character.failsBaseline ? 1 + character.number % AgentScenes.checks.count : 0
            add(name, .baseline(failing: failing), now)
        case .systemInformation: add(name, .system(host: host), now)
        case .connectedHardware: add(name, .hardware, now)
        case .heartbeat: add(name, .heartbeat, now)
        case .droppedEventsStatistics: add(name, .dropped(queues.takeStatistics()), now)
        case .messageStatistics:
            // Agent C# counts what failed as sent as well.
            let sent = character.kind == .csharp ? messages.sent + messages.failed : messages.sent
            add(name, .messages(sent: sent, small: messages.small, failed: messages.failed), now)
            messages = (0, 0, 0)
        default: return
        }
    }

    /// How many of a hundred collections find such an event. The first finds one of each: the agent's own start is among what
    /// has happened.
    private static let chances: [EventName: UInt64] = [
        .processCreate: 60, .connectionCreate: 40, .login: 5, .processTerminate: 30, .diagnostic: 5,
    ]

    private mutating func trigger(_ name: EventName, _ now: Moment) {
        // Drawn for every collector, on or off, so that a change of one does not change what the others find.
        let (chance, choice, id) = (random.next() % 100, random.next(), Int(1000 + random.next() % 30_000))
        guard !hasSeenItsStart || chance < Self.chances[name, default: 0] else { return }
        let processes = Int(choice % UInt64(AgentScenes.processes.count))
        switch name {
        case .processCreate: count(name, .process(processes, id: id), scene: processes, now)
        case .processTerminate: count(name, .exit(processes, id: id), scene: processes, now)
        case .connectionCreate:
            let scene = Int(choice % UInt64(AgentScenes.connections.count))
            count(name, .connection(scene, id: id), scene: scene, now)
        case .login: add(name, .login(Int(choice % UInt64(AgentScenes.logins.count)), id: id), now)
        case .diagnostic:
            add(name, .diagnostic(hasSeenItsStart ? "Event queues were checked" : "Agent started", id: id), now)
        default: return
        }
    }

    private mutating func count(
        _ name: EventName, _ observation: AgentEvent.Observation, scene: Int, _ now: Moment
    ) {
        guard let routine, routine.queue(of: name) != nil else { return }
        guard let interval = routine.aggregation(of: name) else { return add(name, observation, now) }
        aggregator.add(event(name, observation, now), scene: scene, at: now.elapsed, interval: interval)
    }

    mutating func add(_ name: EventName, _ observation: AgentEvent.Observation, _ now: Moment) {
        guard routine?.queue(of: name) != nil, character.conduct != .silent else { return }
        enqueue(event(name, observation, now))
    }

    private mutating func event(
        _ name: EventName, _ observation: AgentEvent.Observation, _ now: Moment
    ) -> AgentEvent {
        AgentEvent(
            id: RequestID(high: random.next(), low: random.next()), name: name, at: now.wall,
            observation: observation)
    }

    private mutating func enqueue(_ event: AgentEvent) {
        guard let routine, let queue = routine.queue(of: event.name) else { return }
        var json = JSONWriter(capacity: 512)
        AgentMessage.write(event, of: character.kind, to: &json)
        queues.add(event, size: json.bytes.count, to: queue, routine)
    }

    // MARK: Sending

    mutating func sendDue(_ now: Moment, room: Int) -> [Action] {
        guard let routine else { return [] }
        var actions: [Action] = []
        for queue in EventQueues.Queue.allCases where actions.count < room {
            guard let due = sendingDue(queue, routine), due <= now.elapsed else { continue }
            guard let message = message(of: queue, now) else { continue }
            actions.append(.send(message))
        }
        return actions
    }

    /// Everything that waits, and what has been counted so far.
    mutating func sendAll(_ now: Moment, room: Int) -> [Action] {
        guard character.conduct != .silent else { return [] }
        for event in aggregator.take(at: now.elapsed, now.wall, all: true) { enqueue(event) }
        var actions: [Action] = []
        for queue in EventQueues.Queue.allCases {
            while actions.count < room, let message = message(of: queue, now) { actions.append(.send(message)) }
        }
        return actions
    }

    private mutating func message(of queue: EventQueues.Queue, _ now: Moment) -> AgentMessage? {
        guard let routine else { return nil }
        let events = queues.take(due: queue, routine)
        // Also where the queue is empty, or blocked by an event that is too large: the agent looks again after its interval.
        sentAt[queue] = now.elapsed
        guard !events.isEmpty else { return nil }
        let message = AgentMessage(events, due: queue, agentID: agentID, routine)
        messages.sent += 1
        if message.body.count < 4096 { messages.small += 1 }
        return message
    }

    /// A message could not be handed to the connection, and is lost.
    mutating func sendingFailed() {
        messages.sent -= 1
        messages.failed += 1
    }
}
