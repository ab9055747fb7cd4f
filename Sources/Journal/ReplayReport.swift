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
