import Access
import Defender
import Dispatch
import Endpoints
import Events
import Hub
import JSON
import Journal
import Synchronization
import Vocabulary

/// Follows the event store, the hub's changes and what shards witness, and remembers of every device what is found from that.
///
/// What security messages have said, and that agents were configured since, is a function of what the store holds: after a restart it
/// is read again, as far back as events are kept. What else was seen lives with the process.
///
/// Where Defender is not in use – no standing rule, no rule of a group, no security message – nothing is noted and nobody waits.
///
/// Not checked: what is said to be `queue`'s is used there alone; the rest is constant or locked.
public final class SecurityLedger: EventFollower, HubSubscriber, @unchecked Sendable {
    /// Devices that are remembered; messages of further ones stand in the event store alone.
    static let devices = 200_000
    /// Bytes of snapshots that are kept for all of them.
    static let snapshotBytes = 256 << 20
    /// How long events and sights gather before they are looked at.
    private static let gatheringMilliseconds = 50
    /// How often devices are looked at for what only time brings, and how many at once, while somebody follows the findings.
    private static let tickMilliseconds = 1000
    private static let devicesPerTick = 2_000

    let queue = DispatchQueue(label: "twinhub.security", qos: .utility)
    let ledger = Mutex([String: DeviceSecurity]())
    let news: FindingLog
    let environment: Environment
    let report: @Sendable (String) -> Void
    private let hubFollowed = Mutex<Hub?>(nil)
    private let sights = Mutex(Sights())
    private let isScheduled = Atomic(false)
    /// Whether anything but security messages is of interest.
    private let isInUse = Atomic(false)
    /// Whether everything that was in the store at the start has been looked at: what is found until then is no news.
    let isPastRead = Atomic(false)
    /// Whether what has come during that has been looked at as well. Until then nothing is that is seen now: a device's clock does
    /// not run backwards, so that its history would count as of now.
    let isCaughtUp = Atomic(false)

    // The queue's.
    var store: EventStore?
    var cursor: UInt64 = 0
    /// The last sequence of the store at the start, and then when all of that was read.
    var end: UInt64 = 0
    var isReading = false
    /// The last change in the hub that came before this process, of which the store alone tells; nil once it has told of them all.
    var lastPastChange: UInt64?
    var keptSnapshotBytes = 0
    private var groups: [SecurityGroupName: SecurityGroup] = [:]
    private var shared = SharedCredentials()
    /// Whether devices are remembered of which no security message has come; and whether even those of which nothing is seen.
    private(set) var remembersAll = false
    private var remembersSilent = false
    private var isTicking = false
    private var toLookAt: ArraySlice<String> = []

    public init(environment: Environment, report: @escaping @Sendable (String) -> Void) {
        self.environment = environment
        self.report = report
        news = FindingLog(at: environment.now())
    }

    /// Begins to read, from the oldest event that is kept.
    public func follow(_ store: EventStore, of hub: Hub) {
        hubFollowed.withLock { $0 = hub }
        hub.watchFeed(hub.subscribe(self), true)
        let lastPastChange = hub.lastSequence
        queue.async {
            self.lastPastChange = lastPastChange
            self.store = store
            self.cursor = store.oldestSequence - 1
            self.end = store.lastSequence
            self.reconsider()
            self.advance()
        }
        store.follow(self)
    }

    var hub: Hub? { hubFollowed.withLock { $0 } }

    // MARK: What is seen

    public func eventsArrived() { schedule() }

    /// What of the hub's changes means something here; on the writer's queue, which has better things to do than to judge it.
    public func deliver(_ delivery: Delivery) {
        let isInUse = isWatching
        var isOtherwise = false
        var seen: [(Sights.Sight, TwinID, Timestamp)] = []
        for recorded in delivery.events {
            switch recorded.event {
            case .defender, .reset: isOtherwise = true
            case _ where !isInUse: continue
            case .twinPatched(let id, _, let effect):
                seen.append((.twinUpdated(id, isDesired: effect.desiredVersion != nil), id, recorded.time))
            // It writes all desired properties anew, even as they were (twins.md section 6).
            case .twinReplaced(let id, _, _):
                seen.append((.twinUpdated(id, isDesired: true), id, recorded.time))
            case .twinReported(let id, _, _): seen.append((.reported, id, recorded.time))
            case .messageSettled(let id, _, let fate) where fate == .completed || fate == .rejected:
                guard let transport = recorded.origin.flatMap({ Evidence.Transport($0) }) else { continue }
                seen.append((.message(rejected: fate == .rejected, transport), id, recorded.time))
            case .identityCreated(let identity, _):
                seen.append((.identity(identity.id), identity.id, recorded.time))
            case .identityUpdated(let identity) where !identity.id.isModule:
                seen.append((.identity(identity.id), identity.id, recorded.time))
            case .identityDeleted(let id, _, _): seen.append((.identity(id), id, recorded.time))
            default: continue
            }
        }
        if isOtherwise { queue.async { self.reconsider() } }
        note(seen)
    }

    private func note(_ seen: [(sight: Sights.Sight, id: TwinID, time: Timestamp)]) {
        guard !seen.isEmpty else { return }
        sights.withLock { sights in
            for (sight, id, time) in seen { sights.add(sight, of: id.device, at: time) }
        }
        schedule()
    }

    private func schedule() {
        guard !isScheduled.exchange(true, ordering: .acquiringAndReleasing) else { return }
        // Everything that is stored comes by here, most of it no security message: many are looked at in one go.
        queue.asyncAfter(deadline: .now() + .milliseconds(Self.gatheringMilliseconds)) {
            self.isScheduled.store(false, ordering: .releasing)
            self.takeSights()
            self.advance()
        }
    }

    // MARK: What it comes to

    /// Takes in how the hub is run now: whom to remember, and the rules of each group.
    private func reconsider() {
        guard let hub else { return }
        let registered = hub.securityGroups
        groups = Dictionary(uniqueKeysWithValues: registered.map { ($0.name, $0.group) })
        remembersAll = hub.defenderSettings.rule != .none || registered.contains { $0.group != .empty }
        // A count that is too low shows of whom nothing is seen.
        remembersSilent = registered.contains { $0.group.hasMinimum }
        useWhereNeeded()
        lookAtAll()
    }

    /// The past is known, and what has happened meanwhile follows.
    func catchUp() {
        isPastRead.store(true, ordering: .relaxed)
        guard !isCaughtUp.exchange(true, ordering: .relaxed) else { return }
        lookAtAll()
        takeSights()
    }

    private func lookAtAll() {
        guard isCaughtUp.load(ordering: .relaxed), let hub else { return }
        let now = environment.now()
        for device in ledger.withLock({ Array($0.keys) }) { look(at: device, now) }
        guard remembersSilent else { return }
        hub.moment { moment in
            let devices = moment.deviceIDs
            self.queue.async { for id in devices { self.look(at: id.device, now) } }
        }
    }

    func useWhereNeeded() {
        isInUse.store(remembersAll || ledger.withLock { !$0.isEmpty }, ordering: .relaxed)
    }

    private func takeSights() {
        guard isCaughtUp.load(ordering: .relaxed) else { return }
        let seen = sights.withLock { sights in
            defer { sights = Sights() }
            return sights
        }
        if seen.leftOut > 0 { report("security: \(seen.leftOut) operations came too fast to be counted") }
        for (device, sights) in seen.byDevice {
            let last = sights.values.map(\.last).max() ?? environment.now()
            let isEvidence = sights.keys.contains { !$0.evidence.isEmpty }
            let remembering = remembersSilent || remembersAll && isEvidence
            update(device, at: last, judging: sights.judging, remembering: remembering) { security in
                sights.flatMap { sight, seen in
                    sight.evidence.flatMap { security.observe($0, times: seen.times, at: seen.last) }
                }
            }
        }
    }

    /// Finds out anew which group a device is in.
    private func look(at device: String, _ now: Timestamp) {
        update(device, at: now, judging: .modules([]), remembering: remembersSilent) { _ in [] }
    }

    /// Lets a device take something in, if it is one that is remembered; on the queue.
    ///
    /// - Parameters:
    ///   - judging: which of its twins are to be looked at; all of them are for a device that is new here.
    ///   - remembering: whether a device that is new here is remembered from now on.
    func update(
        _ device: String, at time: Timestamp, judging: SecurityTwins.Judging?, remembering: Bool,
        _ body: (inout DeviceSecurity) -> [FindingChange]
    ) {
        guard let hub else { return }
        // A copy that outlives this would have the next change copy everything.
        let isStale = ledger.withLock { $0[device].map { !$0.isCurrent(of: device, hub) } ?? false }
        if isStale { forget(device, at: time) }
        guard let entity = hub.entity(TwinID(trusted: device)) else { return }
        let isNew: Bool? = ledger.withLock { ledger in
            guard ledger[device] == nil else { return false }
            guard remembering, ledger.count < Self.devices else { return nil }
            ledger[device] = DeviceSecurity(generation: String(entity.identity.generation))
            return true
        }
        guard let isNew else { return }
        if isNew { useWhereNeeded() }
        let twins = (isNew ? .all : judging).map { SecurityTwins(of: entity, in: hub, judging: $0) }
        ledger.withLock { ledger in
            guard ledger[device] != nil else { return }
            var changes: [FindingChange] = []
            if let twins {
                for twin in twins.standing {
                    changes += ledger[device]?.observe(.twinStands(twin), at: time) ?? []
                }
                changes += ledger[device]?.follow(twins.group, groups[twins.group] ?? .empty, at: time) ?? []
            }
            changes += body(&ledger[device]!)
            tell(changes, of: device)
        }
        if twins != nil { noteCredentials(of: device, entity.identity.authentication, at: time) }
    }

    private func forget(_ device: String, at time: Timestamp) {
        ledger.withLock { ledger in
            guard var security = ledger.removeValue(forKey: device) else { return }
            keptSnapshotBytes -= security.snapshotBytes
            tell(security.closeAll(at: time), of: device)
        }
        noteCredentials(of: device, nil, at: time)
    }

    /// One device's credentials are evidence about those that share them.
    private func noteCredentials(of device: String, _ authentication: Authentication?, at time: Timestamp) {
        for concerned in shared.note(device, authentication) {
            let (named, more) = shared.others(of: concerned)
            ledger.withLock { ledger in
                let changes = ledger[concerned]?.observe(.credentialsShared(with: named, more: more), at: time)
                tell(changes ?? [], of: concerned)
            }
        }
    }

    /// With the ledger locked, so that changes of one device stay in order.
    func tell(_ changes: [FindingChange], of device: String) {
        guard !changes.isEmpty, isPastRead.load(ordering: .relaxed) else { return }
        news.append(changes, of: device)
    }

    // MARK: Reading

    /// What is known of a device as of now; nil where nothing is.
    func device(_ id: TwinID) -> DeviceSecurity? {
        let now = environment.now()
        let known = ledger.withLock { ledger in
            pass(now, id.device, in: &ledger)
            return ledger[id.device]
        }
        guard let known, let hub, known.isCurrent(of: id.device, hub) else { return nil }
        return known
    }

    /// As above for the first devices behind this one of which something is found, by id, and how many there are behind those.
    /// Answers on the queue, since it looks at every device.
    func devicesWithFindings(
        after last: String?, limit: Int,
        then answer: @escaping @Sendable (_ devices: [(id: String, security: DeviceSecurity)], _ leftOut: Int) -> Void
    ) {
        queue.async {
            guard let hub = self.hub else { return answer([], 0) }
            let now = self.environment.now()
            let ids = self.ledger.withLock { ledger in ledger.keys.filter { id in last.map { id > $0 } ?? true } }
            var devices: [(id: String, security: DeviceSecurity)] = []
            var leftOut = 0
            // Locked for one at a time, so that no shard waits for them all.
            for id in ids.sorted() {
                let known = self.ledger.withLock { ledger in
                    self.pass(now, id, in: &ledger)
                    return ledger[id].flatMap { $0.found.findings.isEmpty ? nil : $0 }
                }
                guard let known, known.isCurrent(of: id, hub) else { continue }
                if devices.count < limit { devices.append((id, known)) } else { leftOut += 1 }
            }
            answer(devices, leftOut)
        }
    }

    /// Time has passed: what is silent, and which alerts are old, is seen only by this. What is read again stands in its own time.
    private func pass(_ now: Timestamp, _ device: String, in ledger: inout [String: DeviceSecurity]) {
        guard isCaughtUp.load(ordering: .relaxed) else { return }
        tell(ledger[device]?.observe(.clock, at: now) ?? [], of: device)
    }

    // MARK: Following findings

    func follow(_ bell: ShardBell) {
        news.follow(bell)
        queue.async { self.startTicking() }
    }

    func unfollow(_ bell: ShardBell) { news.unfollow(bell) }

    private func startTicking() {
        guard !isTicking, news.hasFollowers else { return }
        isTicking = true
        queue.asyncAfter(deadline: .now() + .milliseconds(Self.tickMilliseconds)) { self.tick() }
    }

    private func tick() {
        isTicking = false
        if toLookAt.isEmpty { toLookAt = ledger.withLock { Array($0.keys)[...] } }
        let now = environment.now()
        for device in toLookAt.prefix(Self.devicesPerTick) { ledger.withLock { pass(now, device, in: &$0) } }
        toLookAt = toLookAt.dropFirst(Self.devicesPerTick)
        startTicking()
    }
}

extension SecurityLedger: OperationWitness {
    public var isWatching: Bool { isInUse.load(ordering: .relaxed) }

    public func witnessed(_ operation: WitnessedOperation, of id: TwinID) {
        // Whoever is turned away may have made the name up.
        guard isWatching, let hub, hub.entity(id.owner) != nil else { return }
        note([(.operation(operation), id, environment.now())])
    }
}

extension Evidence.Transport {
    /// How somebody has settled a message; nil where the hub has done it by itself.
    fileprivate init?(_ origin: Origin) {
        switch origin.transport {
        case "amqp": self = .amqp
        case "mqtt": self = .mqtt
        case "http": self = .http
        default: return nil
        }
    }
}
