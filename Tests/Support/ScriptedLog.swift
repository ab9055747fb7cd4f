import Journal
import Synchronization
import Vocabulary

/// A log in memory that can be told to refuse what is to be written or read, or to take its time.
public final class ScriptedLog: EventLog {
    public static let damage = "the disk is worn out"

    private let inner = MemoryLog()
    public let refuses = Atomic(false)
    public let isUnreadable = Atomic(false)
    /// Held while appends are to wait.
    public let appendGate = Mutex(())
    /// Held while reads are to wait.
    public let readGate = Mutex(())
    /// How often something was written.
    public let appends = Atomic(0)
    /// How often something was to be read.
    public let reads = Atomic(0)

    public init() {}

    public func makeBatch() -> LogBatch { inner.makeBatch() }
    public func replay(_ visitor: some LogVisitor) throws(LogFailure) -> ReplayReport { try inner.replay(visitor) }

    public func append(_ batch: LogBatch) throws(LogFailure) {
        appendGate.withLock { _ in }
        if refuses.load(ordering: .relaxed) { throw .refused(reason: "there is no room") }
        if !batch.isEmpty { appends.add(1, ordering: .relaxed) }
        try inner.append(batch)
    }

    public func read(from sequence: UInt64, limit: Int, _ visit: (LogRecord) -> Bool) throws(LogFailure) -> UInt64 {
        reads.add(1, ordering: .relaxed)
        readGate.withLock { _ in }
        if isUnreadable.load(ordering: .relaxed) { throw .broken(reason: Self.damage) }
        return try inner.read(from: sequence, limit: limit, visit)
    }

    public var oldestSequence: UInt64 { inner.oldestSequence }
    public var lastSequence: UInt64 { inner.lastSequence }
    public var snapshotDue: Bool { inner.snapshotDue }

    public func beginSnapshot(covering sequence: UInt64, at time: Timestamp) throws(LogFailure) -> any SnapshotWriter {
        try inner.beginSnapshot(covering: sequence, at: time)
    }

    public func forget(before time: Timestamp) { inner.forget(before: time) }
    public var health: LogHealth { inner.health }
    public func close() { inner.close() }
}
