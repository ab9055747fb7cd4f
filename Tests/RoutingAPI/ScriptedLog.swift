import Journal
import Synchronization
import Vocabulary

/// A log in memory whose reads can be told to fail, or to take their time.
final class ScriptedLog: EventLog {
    static let damage = "the disk is worn out"

    private let inner = MemoryLog()
    let isUnreadable = Atomic(false)
    /// Held while reads are to wait.
    let gate = Mutex(())
    /// How often something was to be read.
    let reads = Atomic(0)

    func makeBatch() -> LogBatch { inner.makeBatch() }
    func replay(_ visitor: some LogVisitor) throws(LogFailure) -> ReplayReport { try inner.replay(visitor) }
    func append(_ batch: LogBatch) throws(LogFailure) { try inner.append(batch) }

    func read(from sequence: UInt64, limit: Int, _ visit: (LogRecord) -> Bool) throws(LogFailure) -> UInt64 {
        reads.add(1, ordering: .relaxed)
        gate.withLock { _ in }
        if isUnreadable.load(ordering: .relaxed) { throw .broken(reason: Self.damage) }
        return try inner.read(from: sequence, limit: limit, visit)
    }

    var oldestSequence: UInt64 { inner.oldestSequence }
    var lastSequence: UInt64 { inner.lastSequence }
    var snapshotDue: Bool { inner.snapshotDue }

    func beginSnapshot(covering sequence: UInt64, at time: Timestamp) throws(LogFailure) -> any SnapshotWriter {
        try inner.beginSnapshot(covering: sequence, at: time)
    }

    func forget(before time: Timestamp) { inner.forget(before: time) }
    var health: LogHealth { inner.health }
    func close() { inner.close() }
}
