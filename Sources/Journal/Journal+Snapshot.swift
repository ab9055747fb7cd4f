import Vocabulary

extension Journal {
    public func beginSnapshot(covering sequence: UInt64, at time: Timestamp) throws(LogFailure) -> any SnapshotWriter {
        let failure = catalog.withLock { catalog -> LogFailure? in
            guard case .writing = catalog.phase else { return .misused(reason: "the log is not open for writing") }
            guard !catalog.isSnapshotting else { return .misused(reason: "a snapshot is being written") }
            guard sequence <= catalog.lastSequence, sequence > catalog.snapshotCovering else {
                return .misused(reason: "a snapshot cannot cover record \(sequence)")
            }
            catalog.isSnapshotting = true
            return nil
        }
        if let failure { throw failure }
        do {
            return try JournalSnapshot(self, covering: sequence, at: time)
        } catch {
            catalog.withLock { $0.isSnapshotting = false }
            throw error
        }
    }

    /// A snapshot is over; `size` is its file's, nil where it came to nothing.
    func endSnapshot(covering sequence: UInt64, size: Int?, appendedBefore: Int) {
        catalog.withLock { catalog in
            catalog.isSnapshotting = false
            guard let size else { return }
            catalog.snapshotCovering = sequence
            catalog.snapshotSize = size
            catalog.appendedSinceSnapshot -= appendedBefore
        }
        if size != nil { compactInBackground() }
    }
}
