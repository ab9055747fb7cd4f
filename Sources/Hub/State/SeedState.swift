/// What the hub was seeded with. Kept in the pieces in which it came: a large seed is many commands, and the state before
/// each of them is held on to until it is durable, so that one array would be copied as often.
struct SeedState: Sendable {
    private var pieces: [[SeededIdentity]] = []
    private(set) var count = 0
    /// Whether the whole of it has been taken in.
    private(set) var isComplete = false

    var identities: some Sequence<SeededIdentity> { pieces.joined() }

    mutating func add(_ added: [SeededIdentity], isComplete: Bool) {
        if !added.isEmpty { pieces.append(added) }
        count += added.count
        self.isComplete = isComplete
    }
}
