import MQTT
import Reactor

/// The clients of a run that live on one shard.
///
/// Sendable to be carried to its shard, whose serial queue owns every property.
final class LoadShard: OnShard, ClientObserver, @unchecked Sendable {
    /// How often clients are dialled and paced messages are sent.
    private static let tickMilliseconds = 10

    let shard: Shard
    private let plan: LoadPlan
    private unowned let run: LoadRun
    /// The part of all that this shard does of what is limited by time.
    private let share: Double
    private var clients: [SimulatedClient] = []
    private var dialled = 0
    private var pace: DialPace
    private var mayPublish = 0.0
    private var nextPublisher = 0
    private var tickedAt: UInt64 = 0
    private var lastReceivedAt: UInt64 = 0
    private var isPublishing = false
    private var hasStopped = false
    private var timer: ShardTimer?
    private var latencies = LatencyHistogram()
    /// Whether a client, by its number here, is ready, has been lost before, and how many changes it was told.
    private var standing: [Standing] = []
    private var messages: [RenderedPublish] = []

    private struct Standing {
        var isReady = false
        var wasLost = false
        var isArriving = false
        var told = 0
    }

    init(_ shard: Shard, _ plan: LoadPlan, share: Double, _ run: LoadRun) {
        self.shard = shard
        self.plan = plan
        self.share = share
        self.run = run
        pace = DialPace(perSecond: Double(plan.connectionsPerSecond) * share, atOnce: plan.arrivingPerShard)
    }

    func start(_ identities: [ClientIdentity], _ server: ServerAddress) {
        standing = Array(repeating: Standing(), count: identities.count)
        for (number, identity) in identities.enumerated() {
            clients.append(
                SimulatedClient(identity, number: number, of: server, plan.settings, on: shard, observer: self))
            messages.append(Self.message(of: identity, bytes: plan.payloadBytes))
        }
        timer = ShardTimer { [unowned self] in tick() }
        tickedAt = MonotonicClock.nanoseconds
        tick()
    }

    private static func message(of identity: ClientIdentity, bytes: Int) -> RenderedPublish {
        var payload = Array("{\"client\":\"\(identity.name)\",\"filler\":\"".utf8)
        payload += Array(repeating: UInt8(ascii: "x"), count: max(bytes - payload.count - 2, 0))
        payload += Array("\"}".utf8)
        // Ids bound a topic's length far below what a topic can be.
        return RenderedPublish(topic: Array(identity.telemetryTopic.utf8), payload: payload)!
    }

    // MARK: Time

    private func tick() {
        guard !hasStopped else { return }
        // By the time that has passed, since a busy machine ticks late.
        let now = MonotonicClock.nanoseconds
        let seconds = LoadMoment(began: tickedAt, ended: now).seconds
        tickedAt = now
        pace.pass(seconds: seconds)
        while dialled < clients.count, pace.dial() {
            standing[dialled].isArriving = true
            clients[dialled].start()
            dialled += 1
        }
        if isPublishing, case .telemetry(_, let perSecond?) = plan.work { publish(Double(perSecond) * share * seconds) }
        shard.schedule(timer!, afterMilliseconds: Self.tickMilliseconds)
    }

    /// So many messages more, by clients in turn; what no client has room for is sent later.
    private func publish(_ more: Double) {
        mayPublish += more
        var full = 0
        while mayPublish >= 1, full < clients.count {
            let number = nextPublisher
            nextPublisher = (nextPublisher + 1) % clients.count
            if clients[number].publish(messages[number]) {
                mayPublish -= 1
                full = 0
            } else {
                full += 1
            }
        }
    }

    // MARK: Work

    func startPublishing() {
        isPublishing = true
        guard case .telemetry(_, nil) = plan.work else { return }
        for number in clients.indices { fill(number) }
    }

    /// Sends no more; the run waits for what is under way.
    func stopPublishing() { isPublishing = false }

    private func fill(_ number: Int) {
        while clients[number].publish(messages[number]) {}
    }

    func counts() -> ClientCounts { clients.reduce(ClientCounts()) { $0 + $1.counts } }

    /// Ends the clients, and says what came of them.
    func stop() -> LoadSummary {
        hasStopped = true
        if let timer { shard.cancel(timer) }
        var summary = LoadSummary()
        summary.counts = counts()
        summary.latencies = latencies
        summary.lastReceivedAt = lastReceivedAt
        for client in clients { client.stop() }
        return summary
    }

    // MARK: Notices

    func client(_ client: SimulatedClient, _ notice: ClientNotice) {
        let number = client.number
        switch notice {
        case .ready:
            settle(number)
            standing[number].isReady = true
            run.take(.ready)
            if isPublishing, case .telemetry(_, nil) = plan.work { fill(number) }
        case .published(let nanoseconds):
            if let nanoseconds { latencies.record(nanoseconds) }
            if isPublishing, case .telemetry(_, nil) = plan.work { fill(number) }
        case .desired, .message: told(number)
        case .twin, .method: break
        case .wrong(let text): run.fail(text)
        case .lost(let reason):
            settle(number)
            lost(number, reason)
        }
    }

    private func settle(_ number: Int) {
        guard standing[number].isArriving else { return }
        standing[number].isArriving = false
        pace.settle()
    }

    private func told(_ number: Int) {
        lastReceivedAt = MonotonicClock.nanoseconds
        guard case .fanOut = plan.work else { return }
        standing[number].told += 1
        run.take(.told(round: standing[number].told))
    }

    private func lost(_ number: Int, _ reason: String) {
        run.noteLoss(reason)
        guard standing[number].isReady else { return }
        standing[number].isReady = false
        run.take(.lost(isFirst: !standing[number].wasLost))
        standing[number].wasLost = true
        if plan.work != .reconnect, !hasStopped { run.fail("\(clients[number].identity.name): \(reason)") }
    }
}
