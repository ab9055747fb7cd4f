import Synchronization
import Vocabulary

/// A log without a disk, for `--ephemeral`. It keeps the newest records, within a bound, for those who read history.
///
/// It survives its hub, not its process: a second hub may replay it as long as nothing it needs was dropped.
public final class MemoryLog: EventLog {
    /// Several batches side by side. Memory behind `used` is written by the next append, and read by nobody before.
    private struct Chunk {
        var firstSequence: UInt64
        var lastSequence: UInt64
        var bytes: LogBytes
        var used: Int
    }

    private struct State {
        var chunks: [Chunk] = []
        var held = 0
        var last: UInt64 = 0
        var snapshot: (covering: UInt64, lines: [LogSlice])?
        var isSnapshotting = false
        var isClosed = false
    }

    private let state = Mutex(State())
    private let mark = SyncMark()
    /// How many bytes of lines are kept; the oldest go first, the newest batches always stay.
    public let keptBytes: Int
    /// How much is dropped at a time.
    private let chunkBytes: Int

    public init(keptBytes: Int = 64 << 20) {
        self.keptBytes = keptBytes
        chunkBytes = min(keptBytes / 4, 256 << 10)
    }

    public func makeBatch() -> LogBatch { LogBatch(mark: mark) }

    public func append(_ batch: LogBatch) throws(LogFailure) {
        guard !batch.isEmpty else { return }
        let failure: LogFailure? = state.withLock { state in
            if state.isClosed { return .misused(reason: "the log is closed") }
            guard batch.follows(state.last) else {
                return .misused(reason: "the batch does not continue record \(state.last)")
            }
            if state.chunks.last.map({ $0.bytes.bytes.count - $0.used < batch.bytes.count }) ?? true {
                let bytes = LogBytes(reserving: max(chunkBytes, batch.bytes.count))
                state.chunks.append(Chunk(firstSequence: batch.firstSequence, lastSequence: 0, bytes: bytes, used: 0))
            }
            let index = state.chunks.count - 1
            batch.bytes.withUnsafeBytes { state.chunks[index].bytes.write($0, at: state.chunks[index].used) }
            state.chunks[index].used += batch.bytes.count
            state.chunks[index].lastSequence = batch.lastSequence
            state.held += batch.bytes.count
            state.last = batch.lastSequence
            while state.held > keptBytes, state.chunks.count > 1 {
                state.held -= state.chunks.removeFirst().used
            }
            return nil
        }
        if let failure { throw failure }
        mark.advance(to: batch.lastSequence)
    }

    public func replay(_ visitor: some LogVisitor) throws(LogFailure) -> ReplayReport {
        let (snapshot, chunks, last) = state.withLock { state in
            state.isClosed = false
            return (state.snapshot, state.chunks, state.last)
        }
        var report = ReplayReport()
        var expected: UInt64 = 1
        do {
            if let snapshot {
                try visitor.beginSnapshot(covering: snapshot.covering, lines: snapshot.lines.count)
                for line in snapshot.lines { try visitor.visitSnapshotLine(line) }
                expected = snapshot.covering + 1
                report.snapshotCovering = snapshot.covering
                report.snapshotLines = snapshot.lines.count
            }
            if expected <= last, expected < chunks.first?.firstSequence ?? .max {
                throw LogFailure.compacted(oldest: oldestSequence)
            }
            for chunk in chunks where chunk.lastSequence >= expected {
                for record in LineScanner.records(in: chunk.bytes, to: chunk.used) where record.sequence >= expected {
                    try visitor.visit(record)
                    report.records += 1
                }
            }
        } catch let failure as LogFailure {
            throw failure
        } catch {
            throw .damaged(
                LogDamage(file: "memory", line: report.snapshotLines + report.records + 1, reason: "\(error)"))
        }
        return report
    }

    public func read(
        from sequence: UInt64, limit: Int, _ visit: (LogRecord) -> Bool
    ) throws(LogFailure) -> UInt64 {
        let (chunks, last) = state.withLock { ($0.chunks, $0.last) }
        let oldest = chunks.first?.firstSequence ?? last + 1
        guard sequence >= oldest else { throw .compacted(oldest: oldest) }
        var left = limit
        var next = sequence
        var index = chunks.partitionPoint { $0.lastSequence >= sequence }
        while index < chunks.count {
            for record in LineScanner.records(in: chunks[index].bytes, to: chunks[index].used)
            where record.sequence >= sequence {
                guard left > 0 else { return next }
                left -= 1
                next = record.sequence + 1
                guard visit(record) else { return next }
            }
            index += 1
        }
        return next
    }

    public func forget(before time: Timestamp) {
        state.withLock { state in
            while state.chunks.count > 1, let oldest = state.chunks.first,
                oldest.lastSequence <= state.snapshot?.covering ?? 0,
                let next = LineScanner.records(in: state.chunks[1].bytes, to: state.chunks[1].used).first(where: { _ in
                    true
                }), next.time <= time
            {
                state.held -= state.chunks.removeFirst().used
            }
        }
    }

    public var oldestSequence: UInt64 { state.withLock { $0.chunks.first?.firstSequence ?? $0.last + 1 } }

    public var lastSequence: UInt64 { state.withLock { $0.last } }

    /// Never: there is no start that a snapshot would shorten.
    public var snapshotDue: Bool { false }

    public func beginSnapshot(covering sequence: UInt64, at time: Timestamp) throws(LogFailure) -> any SnapshotWriter {
        let failure: LogFailure? = state.withLock { state in
            guard !state.isSnapshotting else { return .misused(reason: "a snapshot is being written") }
            guard sequence <= state.last, sequence >= state.snapshot?.covering ?? 0 else {
                return .misused(reason: "a snapshot cannot cover record \(sequence)")
            }
            state.isSnapshotting = true
            return nil
        }
        if let failure { throw failure }
        return MemorySnapshot { lines in
            self.state.withLock { state in
                state.isSnapshotting = false
                if let lines { state.snapshot = (sequence, lines) }
            }
        }
    }

    public var health: LogHealth {
        state.withLock { $0.isClosed ? .broken(reason: "the log is closed") : .writable }
    }

    /// Ends the writing; the log can still be replayed, and a replay opens it again.
    public func close() { state.withLock { $0.isClosed = true } }
}
