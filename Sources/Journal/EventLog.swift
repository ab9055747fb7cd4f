import Vocabulary

/// Where a hub's events live: append a batch and it is durable, read from a sequence, take snapshots.
///
/// Files are unknown above this protocol. `Journal` keeps a folder, `MemoryLog` memory.
///
/// Order of use: `replay` once, then `append` as often as wanted, `close` at the end. `append` and `close` are called on
/// the hub's writer queue only; everything else may be called from any thread.
public protocol EventLog: AnyObject, Sendable {
    /// An empty batch for this log. The hub makes one and reuses its buffer for every append.
    func makeBatch() -> LogBatch

    /// Visits the newest snapshot and then every later record, oldest first. Once, before the first append.
    ///
    /// A torn last batch is cut off and reported. Damage elsewhere, or an error thrown by the visitor, ends the replay
    /// with `LogFailure.damaged`, naming file and line; nothing can be appended then.
    func replay(_ visitor: some LogVisitor) throws(LogFailure) -> ReplayReport

    /// Writes a batch and returns when it is durable in the sense of the durability setting.
    ///
    /// Its sequence numbers continue `lastSequence` without a gap. When it throws, nothing of the batch will ever be
    /// replayed or read. After `LogFailure.refused` the same sequence numbers may be tried again at once or later;
    /// after `LogFailure.broken` every further append fails until the process starts anew.
    func append(_ batch: LogBatch) throws(LogFailure)

    /// Visits records from `sequence` on, oldest first, until `limit` records were visited or the visitor answers false.
    ///
    /// Answers the sequence at which the next read goes on; the end of the log is `lastSequence + 1`. Throws
    /// `LogFailure.compacted` where `sequence` is older than what is kept.
    func read(
        from sequence: UInt64, limit: Int, _ visit: (LogRecord) -> Bool
    ) throws(LogFailure) -> UInt64

    /// The oldest record that `read` still finds; `lastSequence + 1` while there is none.
    var oldestSequence: UInt64 { get }

    /// The last appended record's sequence; 0 for a new log.
    var lastSequence: UInt64 { get }

    /// Whether so much was appended since the last snapshot that a new one is worth its cost. False while one is
    /// being written.
    var snapshotDue: Bool { get }

    /// Whether a new snapshot would make the next start noticeably shorter, whatever it costs now. True also while one is being
    /// written.
    var snapshotHelps: Bool { get }

    /// Starts a snapshot of the state as it was after record `sequence`. Its lines may be written on any one queue
    /// while the writer goes on appending. One at a time.
    func beginSnapshot(covering sequence: UInt64, at time: Timestamp) throws(LogFailure) -> any SnapshotWriter

    /// Lets go of the oldest records: of those whole pieces of the log that no replay reads any more and that hold nothing
    /// from `time` on. A replay reads what the newest snapshot does not cover. May return before that is done.
    func forget(before time: Timestamp)

    /// Whether appends can be expected to work, and if not, why. Never does anything to the log.
    var health: LogHealth { get }

    /// Makes everything durable whatever the durability setting, and lets go of the log. Idempotent.
    func close() throws(LogFailure)
}

extension EventLog {
    public var snapshotHelps: Bool { snapshotDue }
}
