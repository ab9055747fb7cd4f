/// What a replay found.
public struct ReplayReport: Hashable, Sendable {
    /// The sequence that the snapshot covers; nil where there was no snapshot.
    public var snapshotCovering: UInt64?
    public var snapshotLines = 0
    /// Records visited after the snapshot.
    public var records = 0
    /// What was cut off the end; nil where the log ended cleanly.
    public var tornTail: TornTail?

    public init() {}
}

/// The end of a log that a crash left half written: never acknowledged, and removed at the start.
public struct TornTail: Hashable, Sendable, CustomStringConvertible {
    /// The file's name in the log's folder.
    public var file: String
    /// The first line that was cut, counted from 1.
    public var line: Int
    /// How many bytes went, over all files, the zero-filled rest of a segment not counted.
    public var bytes: Int
    public var reason: String

    public var description: String { "\(file), line \(line): cut off \(bytes) bytes of an unfinished batch: \(reason)" }
}
