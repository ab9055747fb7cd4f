/// What a check of a log's folder found.
public struct VerifyReport: Hashable, Sendable {
    /// One file of the log.
    public struct File: Hashable, Sendable {
        public var name: String
        /// On the disk; of a plain segment those that are filled.
        public var bytes: Int
        /// Records in a segment, lines of the state in a snapshot.
        public var records: Int
        /// The first record's sequence in a segment, the covered one in a snapshot.
        public var sequence: UInt64
    }

    /// Every readable file: history, segments, snapshots.
    public internal(set) var files: [File] = []
    /// The last readable record's sequence.
    public internal(set) var lastSequence: UInt64 = 0
    /// The first damage of each kind of file; empty where the log is sound.
    public internal(set) var damage: [LogDamage] = []
    /// An unfinished end, which the next start will cut: no damage.
    public internal(set) var tornTail: TornTail?

    /// All records in all segments.
    public var records: Int { files.reduce(0) { $0 + ($1.name.hasPrefix("segment-") ? $1.records : 0) } }
}
