import Defender
import JSON
import MQTT
import Reactor
import Vocabulary

/// The agents of a run that live on one shard, each with its connection.
///
/// Sendable to be carried to its shard, whose serial queue owns every property.
final class AgentShard: OnShard, ClientObserver, @unchecked Sendable {
    private static let tickMilliseconds = 10
    /// The longest that an agent's timer is set for; what is due later is looked at again then.
    private static let longestWait = 3_600_000.0

    /// Reports of one agent that the hub has not answered; a hub that lets more pile up is broken.
    private static let reportsUnderWay = 256

    let shard: Shard
    private let plan: AgentPlan
    private let environment: Environment
    private unowned let run: AgentRun
    private var agents: [Standing] = []
    private var dialled = 0
    private var pace: DialPace
    private var tickedAt: UInt64 = 0
    private var timer: ShardTimer?
    private var hasStopped = false
    private var totals = AgentCounts()

    private struct Standing {
        let client: SimulatedClient
        var agent: SimulatedAgent
        var timer: ShardTimer?
        /// When it was first handed its twin, by the shard's clock; its own clock begins here.
        var startedAt: UInt64?
        /// The version that it first read, and the changes since then that it was told and has reported.
        var firstVersion: UInt64 = 0
        var told = -1
        var reported = -1
        /// The read under way, and the reports with the changes that they are about.
        var reading: String?
        var reports: [(requestID: String, change: Int)] = []
        var isArriving = false
        var isReady = false
    }

    init(_ shard: Shard, _ plan: AgentPlan, share: Double, environment: Environment, _ run: AgentRun) {
        self.shard = shard
        self.plan = plan
        self.environment = environment
        self.run = run
        pace = DialPace(perSecond: Double(plan.connectionsPerSecond) * share, atOnce: plan.arrivingPerShard)
    }

    func start(_ identities: [(ClientIdentity, AgentCharacter)], _ server: ServerAddress) {
        agents = identities.enumerated().map { number, pair in
            let client = SimulatedClient(
                pair.0, number: number, of: server, plan.settings, on: shard, environment: environment, observer: self)
            let host = pair.0.name.split(separator: "/").first.map(String.init) ?? pair.0.name
            return Standing(client: client, agent: SimulatedAgent(pair.1, host: host))
        }
        timer = ShardTimer { [unowned self] in tick() }
        tickedAt = MonotonicClock.nanoseconds
        tick()
    }

    private func tick() {
        guard !hasStopped else { return }
        let now = MonotonicClock.nanoseconds
        pace.pass(seconds: LoadMoment(began: tickedAt, ended: now).seconds)
        tickedAt = now
        while dialled < agents.count, pace.dial() {
            agents[dialled].isArriving = true
            agents[dialled].client.start()
            dialled += 1
        }
        guard dialled < agents.count else { return }
        shard.schedule(timer!, afterMilliseconds: Self.tickMilliseconds)
    }

    func counts() -> AgentCounts {
        var counts = totals
        for standing in agents {
            if standing.isReady { counts.connected += 1 }
            counts.acknowledged += standing.client.counts.acknowledged
            counts.losses += standing.client.counts.losses
            guard standing.agent.character.conduct.reports else { continue }
            if standing.told < 0 || standing.reported < standing.told { counts.missing += 1 }
        }
        return counts
    }

    /// Ends the agents, and says what came of them.
    func stop() -> AgentCounts {
        hasStopped = true
        if let timer { shard.cancel(timer) }
        let counts = counts()
        for standing in agents {
            if let timer = standing.timer { shard.cancel(timer) }
            standing.client.stop()
        }
        return counts
    }

    // MARK: Notices

    func client(_ client: SimulatedClient, _ notice: ClientNotice) {
        guard !hasStopped else { return }
        let number = client.number
        switch notice {
        case .ready:
            settle(number)
            agents[number].isReady = true
            agents[number].reading = client.readTwin()
            passTime(number)
        // There may be room again for a message that waits.
        case .published: if agents[number].timer?.isScheduled != true { passTime(number) }
        case .twin(let status, let requestID, let version, let body):
            answered(number, status, String(decoding: requestID, as: UTF8.self), version, body)
        case .desired(let version, let patch):
            guard let patch = try? JSONDocument(parsing: Array(patch)).root, version > 0 else {
                return run.fail("\(client.identity.name): a desired patch that is none")
            }
            deliver(.patch, UInt64(version), patch, to: number)
        case .method, .message: break
        case .wrong(let text): run.fail(text)
        case .lost(let reason):
            settle(number)
            agents[number].isReady = false
            (agents[number].reading, agents[number].reports) = (nil, [])
            if let timer = agents[number].timer { shard.cancel(timer) }
            run.noteLoss(reason)
        }
    }

    private func settle(_ number: Int) {
        guard agents[number].isArriving else { return }
        agents[number].isArriving = false
        pace.settle()
    }

    private func answered(
        _ number: Int, _ status: Int, _ requestID: String, _ version: Int64?, _ body: UnsafeRawBufferPointer
    ) {
        let name = agents[number].client.identity.name
        if requestID == agents[number].reading {
            agents[number].reading = nil
            guard status == 200, let twin = try? JSONDocument(parsing: Array(body)).root,
                let desired = twin["desired"], let version = desired["$version"]?.int, version >= 0
            else { return run.fail("\(name): its twin was answered with \(status)") }
            return deliver(.document, UInt64(version), desired, to: number)
        }
        guard let place = agents[number].reports.firstIndex(where: { $0.requestID == requestID }) else {
            return run.fail("\(name): an answer that nobody asked for")
        }
        let report = agents[number].reports.remove(at: place)
        guard status == 200 || status == 204 else { return run.fail("\(name): its report was answered with \(status)") }
        totals.reported += 1
        reported(number, report.change)
    }

    // MARK: The agent

    private func deliver(_ form: ConfigurationDelivery.Form, _ version: UInt64, _ desired: JSONValue, to number: Int) {
        if agents[number].startedAt == nil {
            agents[number].startedAt = shard.uptimeMilliseconds
            agents[number].firstVersion = form == .document ? version : max(version, 1) - 1
        }
        let change = change(version, of: number)
        let told = agents[number].told
        if change > told {
            agents[number].told = change
            if told >= 0 { totals.told += change - told }
            run.take(.told((told + 1)...change))
        }
        let module = agents[number].agent.character.kind.module
        let delivery = ConfigurationDelivery(form, version: version, desired: desired, of: module)
        let client = agents[number].client
        obey(number, agents[number].agent.receive(delivery, at: moment(number), room: client.openWindow))
        passTime(number)
    }

    /// Also for a twin that was made anew meanwhile, whose versions begin again.
    private func change(_ version: UInt64, of number: Int) -> Int {
        Int(clamping: version) - Int(clamping: agents[number].firstVersion)
    }

    private func passTime(_ number: Int) {
        guard agents[number].startedAt != nil else { return }
        let client = agents[number].client
        obey(number, agents[number].agent.timePassed(moment(number), room: client.openWindow))
        // Without a connection, or room for a message, the agent waits until there is.
        guard client.openWindow > 0, let due = agents[number].agent.due else { return }
        if agents[number].timer == nil {
            agents[number].timer = ShardTimer { [unowned self] in passTime(number) }
        }
        let now = moment(number).elapsed
        let wait = due > now ? Double(due - now) / plan.speed : 0
        shard.schedule(agents[number].timer!, afterMilliseconds: Int(min(wait, Self.longestWait).rounded(.up)))
    }

    private func moment(_ number: Int) -> SimulatedAgent.Moment {
        let passed = shard.uptimeMilliseconds - (agents[number].startedAt ?? shard.uptimeMilliseconds)
        return SimulatedAgent.Moment(elapsed: UInt64(Double(passed) * plan.speed), wall: environment.now())
    }

    private func obey(_ number: Int, _ actions: [SimulatedAgent.Action]) {
        for action in actions {
            switch action {
            case .report(let patch, let version):
                guard let requestID = agents[number].client.report(patch) else { continue }
                agents[number].reports.append((requestID, change(version, of: number)))
                guard agents[number].reports.count <= Self.reportsUnderWay else {
                    return run.fail("\(agents[number].client.identity.name): its reports are not answered")
                }
            case .settled(let version): reported(number, change(version, of: number))
            case .refused: totals.refused += 1
            case .send(let message): send(message, number)
            }
        }
    }

    private func send(_ message: AgentMessage, _ number: Int) {
        let topic = agents[number].client.identity.telemetryTopic + message.properties
        guard let packet = RenderedPublish(topic: Array(topic.utf8), payload: message.body),
            agents[number].client.publish(packet)
        else { return agents[number].agent.sendingFailed() }
        totals.messages += 1
        totals.events += message.events
    }

    private func reported(_ number: Int, _ change: Int) {
        let before = agents[number].reported
        guard change > before else { return }
        agents[number].reported = change
        guard agents[number].agent.character.conduct.reports else { return }
        run.take(.reported((before + 1)...change))
    }
}
