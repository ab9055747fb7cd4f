import Access
import Dispatch
import Journal
import Synchronization
import Vocabulary

/// A hub: the registry, the twins, and the changes to them. Reads come from any thread and never wait for a write;
/// commands go to one writer, which answers once they are durable.
public final class Hub: Sendable {
    public let limits: HubLimits
    public let environment: Environment
    let index: EntityIndex
    let feed: ChangeFeed
    /// What opening the log found.
    public let replay: ReplayReport
    /// Who is connected.
    public let links = DeviceLinks()
    private let writer: Writer
    private let subscribers: SubscriberTable

    /// Opens the hub on a log, replaying what it holds.
    ///
    /// - Throws: what the log or a record of it refuses, with its place.
    public init(log: any EventLog, limits: HubLimits = HubLimits(), environment: Environment = .system) throws {
        self.limits = limits
        self.environment = environment
        index = EntityIndex(seed: environment.randomUInt64() >> 1)
        feed = ChangeFeed(of: log, entries: limits.changesInMemory, pageBytes: RecordedEvent.pageBytes)
        subscribers = SubscriberTable()
        let replay = Replay(into: index, feed: feed, limits: limits)
        self.replay = try log.replay(replay)
        writer = Writer(
            log: log, index: index, feed: feed, subscribers: subscribers, state: replay.state,
            lastSequence: replay.lastSequence, limits: limits, environment: environment)
        // Whoever was connected is not any more. Where the log refuses even that, they show it when they connect again.
        if !replay.state.attention.connected.isEmpty {
            let origin = Origin(principal: "hub", requestID: environment.requestID(), transport: "hub")
            _ = execute(.closeStaleLinks, origin: origin)
        }
        if replay.state.jobs.all.contains(where: { $0.devices.count(.running) > 0 }) {
            let origin = Origin(principal: "hub", requestID: environment.requestID(), transport: "hub")
            _ = execute(.job(.abandonCalls), origin: origin)
        }
        writer.resume()
    }

    // MARK: Reading

    /// The device or module as published; nil where there is none.
    public func entity(_ id: TwinID) -> Entity? { index.entity(id) }

    /// As above by the id's bytes (`device` or `device/module`), which makes no `String`.
    public func entity(key: UnsafeRawBufferPointer) -> Entity? { index.entity(key: key) }

    /// The first devices by id.
    public func devices(limit: Int) -> [Entity] { index.devices(limit: limit) }

    /// The first device ids, in order, behind this one; for going through all of them in pages.
    public func deviceIDs(after last: TwinID?, limit: Int) -> [TwinID] { index.deviceIDs(after: last, limit: limit) }

    /// How security modules are kept.
    public var defenderSettings: DefenderSettings { writer.published.withLock { $0.settings } }

    /// The device security groups, by name; the built-in one among them.
    public var securityGroups: [RegisteredSecurityGroup] { writer.published.withLock { $0.groups.all } }

    /// Nil where there is none of that name.
    public func securityGroup(_ name: SecurityGroupName) -> RegisteredSecurityGroup? {
        writer.published.withLock { $0.groups[name] }
    }

    /// Where events for back ends go; nil where nobody has said.
    public var routing: RoutingDeclaration? { writer.published.withLock { $0.routing } }

    /// Counts over the registry as of the last published batch.
    public var registry: RegistrySummary { writer.published.withLock { $0.registry } }

    /// The sequence of the last published event; 0 where there is none.
    public var lastSequence: UInt64 { writer.published.withLock { $0.sequence } }

    /// Whether a seed has been taken in to its end, and how many identities of it so far.
    public var seedProgress: (isComplete: Bool, identities: Int) {
        writer.published.withLock { ($0.seedIsComplete, $0.seedCount) }
    }

    /// Whether cloud-to-device messages wait anywhere, so that some may expire.
    public var hasQueuedMessages: Bool { writer.published.withLock { $0.hasQueuedMessages } }

    /// The scheduled jobs.
    public var jobs: JobBook { writer.published.withLock { $0.jobs } }

    /// The imports and exports.
    public var registryJobs: RegistryJobBook { writer.published.withLock { $0.registryJobs } }

    /// The certificate authorities, by name.
    public var authorities: [RegisteredAuthority] { writer.published.withLock { $0.authorities.authorities } }

    /// The same for judging the certificates of clients.
    public var certificateAuthorities: CertificateAuthorities { writer.published.withLock { $0.trust } }

    /// The automatic configurations, by id.
    public var configurations: [Configuration] { writer.published.withLock { $0.configurations.active } }

    /// Whether all twins are as the configurations want them.
    public var configurationsAreSettled: Bool { writer.published.withLock { $0.configurations.isSettled } }

    /// Why writes are refused at present; nil while they are taken.
    public var writeObstacle: String? { writer.published.withLock { $0.obstacle } }

    /// Everything as it stands between two batches. Waits for a batch that is becoming visible, so that it is nothing for a shard.
    public func moment() -> HubMoment { index.moment() }

    /// The same for those who do not wait; nil where a batch is becoming visible.
    public func momentAtOnce() -> HubMoment? { index.momentAtOnce() }

    /// The number of the moment at hand. A moment of that number shows what `moment` would.
    public var momentNumber: UInt64 { index.momentNumber }

    /// The same, for readers who go through all of it. Calls back on the writer's queue, so
    /// that the callback must do no more than pass it on.
    public func moment(then body: @escaping @Sendable (HubMoment) -> Void) { writer.capture(then: body) }

    // MARK: Writing

    /// Registers a party that submits commands and is told of changes, such as a shard.
    public func subscribe(_ subscriber: any HubSubscriber) -> SubscriberID { subscribers.add(subscriber) }

    /// Hands commands over, in order. Each is answered through its subscriber's `deliver`.
    public func submit(_ submissions: [Submission]) { writer.submit(submissions) }

    /// Submits one command and waits for it; for starting up and for tools, never from a shard.
    public func execute(_ command: Command, origin: Origin) -> Outcome {
        let waiter = BlockingSubscriber()
        let id = subscribers.add(waiter)
        defer { subscribers.remove(id) }
        submit([Submission(subscriber: id, token: 0, command: command, origin: origin)])
        return waiter.wait()
    }

    // MARK: Watching

    /// From now on the subscriber's deliveries tell of changes of this entity; answers it as it stands at that moment.
    /// Nil where it does not exist, and then nothing is watched.
    public func watch(_ id: TwinID, _ subscriber: SubscriberID) -> Entity? {
        index.watch(id, subscriber: subscriber.number)
    }

    public func unwatch(_ id: TwinID, _ subscriber: SubscriberID) { index.unwatch(id, subscriber: subscriber.number) }

    /// Whether the subscriber's deliveries carry every event.
    public func watchFeed(_ subscriber: SubscriberID, _ isWatching: Bool) {
        subscribers.watchFeed(subscriber, isWatching)
    }

    /// Events after this sequence, oldest first, if the newest ones in memory reach back that far.
    public func recentEvents(after sequence: UInt64, limit: Int) -> FeedPage {
        feed.recent(after: sequence, limit: limit)
    }

    /// As above, from the log where memory does not reach back; answers on a queue of its own.
    public func events(after sequence: UInt64, limit: Int, then answer: @escaping @Sendable (FeedPage) -> Void) {
        feed.read(after: sequence, limit: limit, then: answer)
    }

    /// Takes no more commands, makes everything durable and closes the log. Returns when that is done.
    public func close() { writer.close() }

    /// Makes the next start short after much has been written at once; waits until that is done.
    public func takeSnapshot() { writer.takeSnapshotNow() }
}
