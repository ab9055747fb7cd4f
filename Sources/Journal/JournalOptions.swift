/// How a `Journal` keeps its folder.
public struct JournalOptions: Sendable {
    public var durability = Durability.commit
    /// With `Durability.interval`: how long a record may be on its way to the disk, in milliseconds.
    public var syncInterval = 1000
    /// A segment's size once a log has grown; the first ones are smaller. Bytes.
    public var segmentBytes = 64 << 20
    /// The first segment's size; each next one is four times as large, up to `segmentBytes`.
    public var firstSegmentBytes = 256 << 10
    /// A snapshot is due when this much, and more than the last snapshot's size, was appended since it. Bytes.
    public var snapshotBytes = 64 << 20
    /// How much of the history that a snapshot covers is kept, in bytes on the disk; the oldest segments go first.
    public var historyBytes = 1 << 30
    /// How the process reaches the disk; tests put a failing one in its place.
    var files = FileOperations.system

    public init() {}
}
