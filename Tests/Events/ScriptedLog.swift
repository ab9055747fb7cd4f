import Journal
import Synchronization
import Vocabulary

/// A log in memory that can be told to refuse, or to take its time.
final class ScriptedLog: EventLog {
    private let inner = MemoryLog()
    let refuses = Atomic(false)
    /// Held while appends are to wait.
    let gate = Mutex(())
    /// How often something was written.
    let appends = Atomic(0)

    func makeBatch() -> LogBatch { inner.makeBatch() }
    func replay(_ visitor: some LogVisitor) throws(LogFailure) -> ReplayReport { try inner.replay(visitor) }

    func append(_ batch: LogBatch) throws(LogFailure) {
        gate.withLock { _ in }
        if refuses.load(ordering: .relaxed) { throw .refused(reason: "there is no room") }
        if !batch.isEmpty { appends.add(1, ordering: .relaxed) }
        try inner.append(batch)
    }

    func read(from sequence: UInt64, limit: Int, _ visit: (LogRecord) -> Bool) throws(LogFailure) -> UInt64 {
        try inner.read(from: sequence, limit: limit, visit)
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
