import JSON
import Journal
import Synchronization

/// Takes in what a large snapshot consists of: entities, which may come in any order, and the seed's identities, which are put
/// into order afterwards. Both stay unread until somebody asks for them.
final class EntityIntake: SnapshotIntake {
    /// Entities, and identities of the seed, that are read at once, and not only when they are needed: where another version has
    /// written the snapshot, the start says so. To read all would make it as long as the hub is large.
    static let readAtOnce = 100

    private let index: EntityIndex
    private let entitiesRead: Atomic<Int>
    private let seedsRead: Atomic<Int>
    private let found = Mutex<[StoredSeeds]>([])

    /// - Parameters: how many of each kind have been read already.
    init(into index: EntityIndex, entitiesRead: Int, seedsRead: Int) {
        self.index = index
        self.entitiesRead = Atomic(entitiesRead)
        self.seedsRead = Atomic(seedsRead)
    }

    /// The seed's identities, in the order in which they stand in the snapshot.
    var seeds: [StoredSeeds] {
        found.withLock { $0 }.sorted { ($0.places.first?.offset ?? 0) < ($1.places.first?.offset ?? 0) }
    }

    func take(_ lines: SnapshotLines) throws -> [LogSlice] {
        var waiting: [LogSlice] = []
        var seeds = StoredSeeds(snapshot: lines.owner, places: [])
        var entities: [(place: StoredPlace, key: UnsafeRawBufferPointer)] = []
        entities.reserveCapacity(lines.count)
        try lines.forEach { line, place in
            if let stored = StoredPlace(line, at: place) {
                if entitiesRead.load(ordering: .relaxed) < Self.readAtOnce {
                    entitiesRead.add(1, ordering: .relaxed)
                    _ = try StoredEntity(stored, in: lines.owner).entity()
                }
                entities.append((stored, stored.key(in: line)))
            } else if StoredSeeds.isOne(line) {
                if seedsRead.load(ordering: .relaxed) < Self.readAtOnce {
                    seedsRead.add(1, ordering: .relaxed)
                    _ = try StoredSeeds.identity(in: place.slice(of: lines.owner))
                }
                seeds.places.append(place)
            } else {
                waiting.append(place.slice(of: lines.owner))
            }
        }
        index.put(entities, in: lines.owner)
        if !seeds.places.isEmpty { found.withLock { $0.append(seeds) } }
        return waiting
    }
}
