import JSON
import Journal
import Vocabulary

/// Takes a snapshot's lines in, as `Snapshot` wrote them. Entities and the seed stay unread until somebody asks
/// for them.
struct SnapshotReader {
    struct Header {
        var sequence: UInt64
        var registry: RegistrySummary
        var seedIsComplete: Bool
        var feedback: FeedbackQueue
        var settings: DefenderSettings
        var routing: RoutingDeclaration?
        /// Numbers only: the configurations themselves have lines of their own.
        var configurations: (newestNumber: UInt64, revision: UInt64, settled: UInt64)
        var connected: Set<TwinID>
        var queued: Set<TwinID>
    }

    /// Entities, and identities of the seed, that are read at once, and not only when they are needed: where another version has
    /// written the snapshot, the start says so. To read all would make it as long as the hub is large.
    private static let readAtOnce = 100
    private var entities = 0

    private(set) var header: Header?
    private(set) var authorities = AuthorityRegistry()
    private(set) var groups = SecurityGroupRegistry()
    private(set) var jobs = JobBook()
    private(set) var registryJobs = RegistryJobBook()
    /// Whose devices come next.
    private var job: JobID?
    private var seeded: [StoredSeed] = []
    private var active: [Configuration] = []
    private var retired: [Configuration] = []

    var configurations: ConfigurationRegistry {
        guard let numbers = header?.configurations else { return ConfigurationRegistry() }
        return ConfigurationRegistry(
            active: active, retired: retired, newestNumber: numbers.newestNumber, revision: numbers.revision,
            settled: numbers.settled)
    }

    var seed: SeedState { SeedState(stored: seeded, isComplete: header?.seedIsComplete ?? false) }

    mutating func take(_ line: LogSlice, into index: EntityIndex) throws {
        if let stored = StoredEntity(line) {
            guard header != nil else { throw RecordError("hub") }
            if entities < Self.readAtOnce { _ = try stored.entity() }
            entities += 1
            return index.put(stored)
        }
        if let stored = StoredSeed(line) {
            if seeded.count < Self.readAtOnce { _ = try stored.identity() }
            return seeded.append(stored)
        }
        let body = try JSONDocument(parsing: line.array).root
        if let hub = body["hub"] {
            header = try Self.header(hub)
        } else if let entry = body["authority"] {
            authorities.put(try RegisteredAuthority(record: entry))
        } else if let entry = body["group"] {
            groups.put(try RegisteredSecurityGroup(record: entry))
        } else if let entry = body["configuration"] {
            active.append(try Configuration(record: entry))
        } else if let entry = body["retiredConfiguration"] {
            retired.append(try Configuration(record: entry))
        } else if let entry = body["job"] {
            let next = try ScheduledJob(record: entry)
            job = next.id
            jobs.put(next)
        } else if let entry = body["jobDevices"], let job {
            let rows = try entry.elements.map { try DeviceJob(record: $0) }
            _ = jobs.update(job) { for row in rows { $0.devices.append(row) } }
        } else if let entry = body["registryJob"] {
            registryJobs.append(try RegistryJob(record: entry))
        } else {
            throw RecordError("line")
        }
    }

    private static func header(_ hub: JSONValue) throws -> Header {
        func number(_ member: String) throws(RecordError) -> UInt64 {
            guard let value = hub[member]?.counter else { throw RecordError(member) }
            return value
        }
        func count(_ member: String) throws(RecordError) -> Int {
            guard let value = UInt32(exactly: try number(member)) else { throw RecordError(member) }
            return Int(value)
        }
        var registry = RegistrySummary()
        registry.enabledDevices = try count("enabledDevices")
        registry.disabledDevices = try count("disabledDevices")
        registry.modules = try count("modules")
        registry.newestGeneration = try number("newestGeneration")
        registry.connectedDevices = try count("connectedDevices")
        registry.newestLink = try number("newestLink")
        guard let feedback = hub["feedback"] else { throw RecordError("feedback") }
        func ids(_ member: String) -> Set<TwinID> {
            Set(hub[member]?.elements.compactMap(\.string).map(TwinID.init(trusted:)) ?? [])
        }
        return Header(
            sequence: try number("sequence"), registry: registry,
            seedIsComplete: hub["seedIsComplete"]?.bool ?? false, feedback: try FeedbackQueue(record: feedback),
            settings: try hub["defender"].map { try DefenderSettings($0) } ?? DefenderSettings(),
            routing: try hub["routing"].map { (value) throws(RecordError) in try RoutingDeclaration(record: value) },
            configurations: try configurations(hub["configurations"]), connected: ids("connected"),
            queued: ids("queued"))
    }

    /// None where there never was a configuration.
    private static func configurations(
        _ value: JSONValue?
    ) throws(RecordError) -> (newestNumber: UInt64, revision: UInt64, settled: UInt64) {
        guard let value else { return (0, 0, 0) }
        guard let newest = value["newestNumber"]?.counter, let revision = value["revision"]?.counter,
            let settled = value["settled"]?.counter
        else { throw RecordError("configurations") }
        return (newest, revision, settled)
    }
}
