import Journal

/// What the hub was seeded with. Kept in the pieces in which it came: a large seed is many commands, and the state before
/// each of them is held on to until it is durable, so that one array would be copied as often.
struct SeedState: Sendable {
    enum Piece: Sendable {
        case identities([SeededIdentity])
        /// Known from a snapshot and not needed before a reset.
        case stored([StoredSeed])
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
    init(stored: [StoredSeed], isComplete: Bool) {
        for start in stride(from: 0, to: stored.count, by: Self.storedPiece) {
            pieces.append(.stored(Array(stored[start..<min(start + Self.storedPiece, stored.count)])))
        }
        count = stored.count
        self.isComplete = isComplete
    }

    init() {}

    /// How many of the stored are read at once.
    private static let storedPiece = 1000
}

extension SeedState.Piece {
    var identities: [SeededIdentity] {
        switch self {
        case .identities(let identities): identities
        case .stored(let stored): stored.map { $0.restored() }
        }
    }
}
