import Journal

/// What the hub was seeded with. Kept in the pieces in which it came: a large seed is many commands, and the state before
/// each of them is held on to until it is durable, so that one array would be copied as often.
struct SeedState: Sendable {
    enum Piece: Sendable {
        case identities([SeededIdentity])
        /// Known from a snapshot and not needed before a reset.
        case stored(StoredSeeds)
    }

    private(set) var pieces: [Piece] = []
    private(set) var count = 0
    /// Whether the whole of it has been taken in.
    private(set) var isComplete = false

    /// Reads what is stored as it comes to it.
    var identities: some Sequence<SeededIdentity> { pieces.lazy.flatMap(\.identities) }

    mutating func add(_ added: [SeededIdentity], isComplete: Bool) {
        if !added.isEmpty { pieces.append(.identities(added)) }
        count += added.count
        self.isComplete = isComplete
    }

    /// As a snapshot has it.
    init(stored: [StoredSeeds], isComplete: Bool) {
        pieces = stored.map { .stored($0) }
        count = stored.reduce(0) { $0 + $1.places.count }
        self.isComplete = isComplete
    }

    init() {}
}

extension SeedState.Piece {
    var identities: [SeededIdentity] {
        switch self {
        case .identities(let identities): identities
        case .stored(let stored): stored.identities
        }
    }
}
