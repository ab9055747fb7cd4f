import JSON
import Journal
import Vocabulary

/// Takes a snapshot's lines in, as `Snapshot` wrote them. Entities stay unread until somebody asks for them.
struct SnapshotReader {
    struct Header {
        var sequence: UInt64
        var registry: RegistrySummary
        var seedIsComplete: Bool
    }

    private(set) var header: Header?
    private var seeded: [SeededIdentity] = []

    var seed: SeedState {
        var seed = SeedState()
        seed.add(seeded, isComplete: header?.seedIsComplete ?? false)
        return seed
    }

    mutating func take(_ line: LogSlice, into index: EntityIndex) throws {
        if let stored = StoredEntity(line) {
            guard header != nil else { throw RecordError("hub") }
            return index.put(stored)
        }
        let body = try JSONDocument(parsing: line.array).root
        if let hub = body["hub"] {
            header = try Self.header(hub)
        } else if let entry = body["seeded"], let identity = entry["identity"], let seed = entry["seed"] {
            seeded.append(SeededIdentity(identity: try Identity(record: identity), seed: try TwinSeed(record: seed)))
        } else {
            throw RecordError("line")
        }
    }

    private static func header(_ hub: JSONValue) throws(RecordError) -> Header {
        func number(_ member: String) throws(RecordError) -> Int {
            guard let value = hub[member]?.int else { throw RecordError(member) }
            return Int(value)
        }
        var registry = RegistrySummary()
        registry.enabledDevices = try number("enabledDevices")
        registry.disabledDevices = try number("disabledDevices")
        registry.modules = try number("modules")
        registry.newestGeneration = UInt64(try number("newestGeneration"))
        return Header(
            sequence: UInt64(try number("sequence")), registry: registry,
            seedIsComplete: hub["seedIsComplete"]?.bool ?? false)
    }
}
