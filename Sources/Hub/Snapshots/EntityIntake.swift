import JSON
import Journal
import Synchronization

/// Takes in what a large snapshot consists of: entities, which may come in any order, and the seed's identities, which are put
/// into order afterwards. Both stay unread until somebody asks for them.
final class EntityIntake: SnapshotIntake {
    /// Entities that are read at once, and not only when they are needed: where another version has written the snapshot, the
    /// start says so. To read all would make it as long as the hub is large.
    static let entitiesReadAtOnce = 100

    private let index: EntityIndex
    private let readAtOnce: Atomic<Int>
    private let found = Mutex<[StoredSeeds]>([])

    /// - Parameter readAtOnce: how many entities have been read already.
    init(into index: EntityIndex, readAtOnce: Int) {
        self.index = index
        self.readAtOnce = Atomic(readAtOnce)
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
                if readAtOnce.load(ordering: .relaxed) < Self.entitiesReadAtOnce {
                    readAtOnce.add(1, ordering: .relaxed)
                    _ = try StoredEntity(stored, in: lines.owner).entity()
                }
                entities.append((stored, stored.key(in: line)))
            } else if StoredSeeds.isOne(line) {
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
