import Vocabulary

/// A snapshot on its way into a journal's folder.
final class JournalSnapshot: SnapshotWriter {
    /// Lines are gathered to this size before they are written.
    private static let bufferBytes = 1 << 20
    /// Synced this often, so that the writer's own syncs never queue behind a whole snapshot.
    private static let syncBytes = 8 << 20

    private let journal: Journal
    private let covering: UInt64
    private let temporary: String
    private let output: OutputFile
    /// What had been appended when it was begun, in bytes since the snapshot before.
    private let appendedBefore: Int
    private var buffer: [UInt8] = []
    private var lines = 0
    private var synced = 0
    private var isOver = false

    init(_ journal: Journal, covering: UInt64, at time: Timestamp) throws(LogFailure) {
        self.journal = journal
        self.covering = covering
        appendedBefore = journal.catalog.withLock { $0.appendedSinceSnapshot }
        temporary = LogFolder.snapshot(covering) + LogFolder.temporarySuffix
        output = try OutputFile(temporary, in: journal.folder)
        buffer.reserveCapacity(Self.bufferBytes + 4096)
        SnapshotFile.appendHead(covering: covering, time: time, to: &buffer)
    }

    func append(_ line: UnsafeRawBufferPointer) throws(LogFailure) {
        guard !isOver else { throw .misused(reason: "the snapshot is over") }
        SnapshotFile.append(line, to: &buffer)
        lines += 1
        if buffer.count >= Self.bufferBytes { try empty() }
    }

    private func empty() throws(LogFailure) {
        try output.write(buffer)
        buffer.removeAll(keepingCapacity: true)
        if output.count - synced >= Self.syncBytes {
            try output.sync()
            synced = output.count
        }
    }

    func commit() throws(LogFailure) {
        guard !isOver else { throw .misused(reason: "the snapshot is over") }
        do {
            try place()
        } catch {
            cancel()
            throw error
        }
    }

    private func place() throws(LogFailure) {
        SnapshotFile.appendEnd(lines: lines, to: &buffer)
        try empty()
        try output.sync()
        // A snapshot never outlives a record that it covers.
        if journal.mark.sequence < covering { try journal.flush() }
        let folder = journal.folder
        CrashPoint.snapshotBeforeRename.reach()
        try folder.rename(temporary, to: LogFolder.snapshot(covering))
        try folder.sync()
        CrashPoint.snapshotAfterRename.reach()
        isOver = true
        journal.endSnapshot(covering: covering, size: output.count, appendedBefore: appendedBefore)
        for older in try folder.contents().snapshots where older < covering {
            try folder.remove(LogFolder.snapshot(older))
        }
        CrashPoint.snapshotAfterDelete.reach()
    }

    func cancel() {
        guard !isOver else { return }
        isOver = true
        // A temporary file that cannot be removed now is removed at the next start.
        try? journal.folder.remove(temporary)
        journal.endSnapshot(covering: covering, size: nil, appendedBefore: 0)
    }

    deinit { cancel() }
}
