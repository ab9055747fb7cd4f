import Access
import Blobs
import DeviceAPI
import Dispatch
import Endpoints
import Events
import FilesAPI
import HTTP
import Hub
import Journal
import Logging
import Reactor
import Routing
import RoutingAPI
import SecurityAPI
import ServiceAPI
import Vocabulary

/// The whole of TwinHub put together: log, hub, certificates, access, endpoints and sockets, started and stopped in
/// order.
public final class Emulator: Sendable {
    public let configuration: Configuration
    public let environment: Environment
    public let hub: Hub
    public let events: EventStore
    public let httpsPort: UInt16
    public let mqttPort: UInt16
    public let policies: PolicyTable
    /// Where clients find the roots; nil without a data folder.
    public let authorityFile: String?
    public let replayMilliseconds: UInt64
    public let seededLines: Int

    private let storage: StorageAccount
    private let files: FilesAPI
    private let reactor: Reactor
    private let readiness: Readiness
    private let door: Door
    private let relay: HubEventRelay
    private let deliveries: Deliveries
    private let logger: Logger

    /// Starts it. Sockets listen from early on, so that `/health` tells the truth while the log is replayed.
    ///
    /// - Throws: `StartFailure` with a sentence for the person who started it; nothing is left running then.
    public init(_ configuration: Configuration, environment: Environment = .system, logger: Logger) throws(StartFailure)
    {
        self.configuration = configuration
        self.environment = environment
        self.logger = logger
        let log = try Self.openLog(configuration)
        let eventLog = try Self.openEventLog(configuration)
        let seeding: Seeding?
        if let file = configuration.seedFile { seeding = try Seeding(file: file) } else { seeding = nil }
        let routing: RoutingFile?
        if let file = configuration.routingFile { routing = try RoutingFile(file) } else { routing = nil }
        let credentials = try Credentials(configuration, environment)
        policies = credentials.policies
        authorityFile = credentials.authorityFile
        storage = try Self.openStorage(configuration, environment)
        if let folder = configuration.importExportFolder, !Files.makeFolder(folder) {
            throw StartFailure("--import-export \(folder): \(SystemError.text())")
        }
        files = FilesAPI(storage, importExportFolder: configuration.importExportFolder)
        readiness = Readiness()
        do {
            reactor = try Reactor(
                shards: configuration.shards ?? min(Reactor.processorCount, Configuration.maximumShards),
                limits: configuration.reactor)
        } catch {
            throw StartFailure("the event loops cannot be set up: \(error)")
        }
        let live = LiveCounts()
        let throttle = configuration.throttle.map {
            Throttle($0.tier, units: $0.units, environment: environment)
        }
        let operations = Operations(
            readiness: readiness, reactor: reactor, environment: environment, startedAt: environment.now(),
            live: live, throttle: throttle, authorities: credentials.authorities)
        let ledger = AgentLedger(environment: environment)
        let security = SecurityLedger(environment: environment) { logger.error("\($0)") }
        let jobs = JobDesk()
        deliveries = Deliveries(
            configuration.dataFolder.map(DataFolder.init).map {
                .init(files: $0.endpoints, cursors: $0.cursors, bytesPerEndpoint: configuration.endpointBytes)
            },
            webhookRetry: configuration.webhookRetry, environment: environment, report: { logger.warning("\($0)") })
        let lag = configuration.queryLag.map { QueryLag(seconds: $0) }
        let routes =
            ServiceAPI.routes(QueryDesk(environment: environment, lag: lag), jobs) + DeviceAPI.routes
            + SecurityAPI.routes(ledger, security) + RoutingAPI.routes(deliveries) + files.routes
            + operations.routes
        let dispatcher = Dispatcher(
            RouteTable(routes + [OpenAPIDocument.route(of: routes) { Operations.allDescriptions }]))
        door = Door(
            dispatcher: dispatcher, tls: credentials.tls, tlsOnly: configuration.tlsOnly, limits: configuration.http,
            http2: configuration.http2, readiness: readiness,
            mqtt: MQTTService(disabledAnswer: configuration.disabledAnswer), reactor: reactor, counts: live,
            logger: logger)
        httpsPort = try Self.listen(reactor, configuration, configuration.httpsPort, "--https-port", door)
        mqttPort = try Self.listen(reactor, configuration, configuration.mqttPort, "--mqtt-port", door)

        let beganReplay = environment.uptimeMilliseconds()
        do {
            hub = try Hub(log: log, limits: configuration.hub, environment: environment)
        } catch {
            throw StartFailure("the event log cannot be replayed: \(error)")
        }
        replayMilliseconds = environment.uptimeMilliseconds() - beganReplay
        if let torn = hub.replay.tornTail { logger.warning("\(torn)") }
        do {
            events = try EventStore(
                log: eventLog, limits: configuration.events, retention: configuration.eventRetention,
                environment: environment, router: Router(hub))
        } catch {
            throw StartFailure("the events for back ends cannot be opened: \(error)")
        }
        if let torn = events.replay.tornTail { logger.warning("events: \(torn)") }
        ledger.follow(hub)
        security.follow(events, of: hub)
        // Before anything is written: a server that cannot show its certificate does not start.
        _ = try credentials.tls.value()
        seededLines = try Self.seed(seeding, hub)
        // After the seed, which only a hub that has had no event takes in, and which may bring modules of its own.
        try Self.secure(hub, configuration.defender)
        if let routing { try routing.declare(to: hub, with: events, deliveries: deliveries) }
        try RoutingFile.checkDeclared(in: hub)
        // After that, so that routes hold from the first event on. What has happened until now it reads from the log.
        deliveries.follow(events, of: hub, on: reactor.shards[0])
        lag?.follow(hub)
        relay = HubEventRelay(from: hub, to: events) { logger.error("\($0)") }

        // Nobody is told that the hub is ready before every shard is.
        let furnished = DispatchGroup()
        for shard in reactor.shards {
            furnished.enter()
            let (hub, events, policies, names) = (hub, events, policies, credentials.hostNames)
            shard.post {
                let authorizer = Authorizer(
                    mode: configuration.authorization, policies: policies, hostNames: names,
                    grace: configuration.sasGrace, witness: security, report: { logger.debug("refused: \($0)") })
                shard.context = ShardServices(
                    hub: hub, events: events, shard: shard, environment: environment, authorizer: authorizer,
                    counts: live, deliveries: ledger, witness: security, throttle: throttle,
                    report: { logger.info("\($0)") })
                furnished.leave()
            }
        }
        let first = reactor.shards[0]
        first.post {
            guard let services = first.context as? ShardServices else { return }
            DeviceAPI.begin(on: services)
            jobs.begin(on: services)
        }
        files.registryJobs.look(hub)
        furnished.wait()
        readiness.become(.ready(hub, events))
    }

    private static func openLog(_ configuration: Configuration) throws(StartFailure) -> any EventLog {
        guard let folder = configuration.dataFolder else { return MemoryLog() }
        guard Files.makeFolder(folder) else { throw StartFailure("--data \(folder): \(SystemError.text())") }
        var options = JournalOptions()
        options.durability = configuration.durability
        options.segmentBytes = configuration.segmentBytes
        options.firstSegmentBytes = min(options.firstSegmentBytes, configuration.segmentBytes)
        options.snapshotBytes = configuration.snapshotBytes
        options.historyBytes = configuration.historyBytes
        do throws(LogFailure) {
            return try Journal(folder: DataFolder(folder).log, options: options)
        } catch {
            throw StartFailure("--data \(folder): \(error)")
        }
    }

    private static func openEventLog(_ configuration: Configuration) throws(StartFailure) -> any EventLog {
        let retention = configuration.eventRetention
        guard let folder = configuration.dataFolder else { return MemoryLog(keptBytes: min(retention.bytes, 64 << 20)) }
        let options = JournalOptions.events(retention, durability: configuration.eventDurability)
        do throws(LogFailure) {
            return try Journal(folder: DataFolder(folder).events, options: options)
        } catch {
            throw StartFailure("--data \(folder): \(error)")
        }
    }

    private static func openStorage(
        _ configuration: Configuration, _ environment: Environment
    ) throws(StartFailure) -> StorageAccount {
        do throws(BlobFailure) {
            return try StorageAccount(
                folder: configuration.dataFolder.map { DataFolder($0).blobs }, limits: configuration.blobs,
                environment: environment)
        } catch {
            guard case .unusable(let path, let reason) = error else { throw StartFailure("the blobs: \(error)") }
            throw StartFailure("\(path): \(reason)")
        }
    }

    private static func listen(
        _ reactor: Reactor, _ configuration: Configuration, _ port: UInt16, _ flag: String, _ door: Door
    ) throws(StartFailure) -> UInt16 {
        do {
            return try reactor.listen(address: configuration.bindAddress, port: port) { door.handler(for: $0) }
        } catch {
            throw StartFailure("\(flag) \(port): \(error)")
        }
    }

    /// Only into a hub that has never had an event, or to finish a seed that a crash cut short.
    private static func seed(_ seeding: Seeding?, _ hub: Hub) throws(StartFailure) -> Int {
        let progress = hub.seedProgress
        let isUnfinished = !progress.isComplete && progress.identities > 0
        guard let seeding, hub.lastSequence == 0 || isUnfinished else { return 0 }
        defer { hub.takeSnapshot() }
        return try seeding.load(into: hub)
    }

    /// Makes the settings of the command line the hub's, where it says something about them. A hub of many devices is secured in
    /// portions before.
    private static func secure(_ hub: Hub, _ options: DefenderOptions) throws(StartFailure) {
        var settings = hub.defenderSettings
        settings.rule = options.rule ?? settings.rule
        settings.isStrict = options.isStrict ?? settings.isStrict
        guard settings != hub.defenderSettings else { return }
        let origin = Origin(principal: "hub", requestID: hub.environment.requestID(), transport: "hub")
        func run(_ command: Command) throws(StartFailure) {
            guard case .refused(let error) = hub.execute(command, origin: origin) else { return }
            throw StartFailure("--defender: \(error.text)")
        }
        var last: TwinID?
        while !settings.rule.modules.isEmpty {
            let ids = hub.deviceIDs(after: last, limit: hub.limits.devicesPerSecuring)
            guard let end = ids.last else { break }
            try run(.secure(ids, settings.rule.modules))
            last = end
        }
        try run(.putDefenderSettings(settings, .none))
    }

    // MARK: Stopping

    /// How long requests in flight may take once the emulator has been told to stop, in milliseconds.
    public static let stopMilliseconds = 4_000

    /// Stops: no new connections, what is in flight is answered, waits end, the log is synced and closed. The completion
    /// runs on a Dispatch thread.
    public func stop(_ completion: @escaping @Sendable () -> Void) {
        readiness.become(.stopping)
        reactor.stopAccepting()
        for shard in reactor.shards {
            shard.post { [door] in
                door.finish(shard)
                if let services = shard.context as? ShardServices {
                    ServiceAPI.endWaits(on: services)
                    DeviceAPI.endWaits(on: services)
                    SecurityAPI.endWaits(on: services)
                }
            }
        }
        let finish = Once { [hub, relay, deliveries, events, reactor, storage, files] in
            files.registryJobs.end()
            hub.close()
            relay.stop()
            deliveries.stop()
            events.close()
            storage.close()
            reactor.shutDown(completion)
        }
        reactor.whenDrained { finish.run() }
        finish.run(afterMilliseconds: Self.stopMilliseconds)
    }
}
