import Dispatch
import Glibc
import Vocabulary

extension Journal {
    public func append(_ batch: LogBatch) throws(LogFailure) {
        guard !batch.isEmpty else { return }
        let file = try fileForBatch(batch)
        CrashPoint.appendBeforeWrite.reach()
        try batch.bytes.withUnsafeBytes { bytes in
            Result { () throws(LogFailure) in try write(bytes, to: file) }
        }.get()
        CrashPoint.appendBeforeSync.reach()
        if options.durability == .commit {
            guard options.files.sync(file.descriptor) == 0 else {
                throw breakDown(
                    "syncing \(LogFolder.segment(file.number)) failed: \(SystemError.text())", cutting: file)
            }
            mark.advance(to: batch.lastSequence)
        }
        CrashPoint.appendAfterSync.reach()
        let start = position
        position += batch.bytes.count
        let (wantsNext, wantsSync) = catalog.withLock { catalog in
            catalog.noteAppend(of: batch.firstSequence, through: batch.lastSequence, at: start, to: position)
            let wantsNext = position > file.capacity / 2 && catalog.prepared == nil && !catalog.isPreparing
            if wantsNext { catalog.isPreparing = true }
            let wantsSync = options.durability == .interval && !catalog.isSyncScheduled
            if wantsSync { catalog.isSyncScheduled = true }
            return (wantsNext, wantsSync)
        }
        if wantsNext { prepareSegment(after: file) }
        if wantsSync { scheduleSync() }
    }

    /// The segment for a batch: the next one if this one is full and the next one is ready. Never waits for it.
    private func fileForBatch(_ batch: LogBatch) throws(LogFailure) -> SegmentFile {
        enum Choice {
            case file(SegmentFile, swapped: Bool)
            case failure(LogFailure)
        }
        let choice = catalog.withLock { catalog -> Choice in
            guard case .writing = catalog.phase, let active = catalog.active else {
                return .failure(.misused(reason: "the log is not open for writing"))
            }
            if case .broken(let reason) = catalog.health { return .failure(.broken(reason: reason)) }
            guard batch.follows(catalog.lastSequence) else {
                return .failure(.misused(reason: "the batch does not continue record \(catalog.lastSequence)"))
            }
            guard position + batch.bytes.count > active.capacity, position > 0, let next = catalog.prepared else {
                return .file(active, swapped: false)
            }
            CrashPoint.segmentSwap.reach()
            if options.durability != .commit { catalog.unsynced.append(active) }
            catalog.prepared = nil
            catalog.active = next
            catalog.segments.append(Catalog.Segment(number: next.number, firstSequence: 0, end: 0))
            position = 0
            return .file(next, swapped: true)
        }
        switch choice {
        case .failure(let failure): throw failure
        case .file(let file, let swapped):
            // A full segment reaches the disk even where nobody asked for it: what a crash can take back has a bound.
            if swapped, options.durability == .none { inBackground(on: syncing) { try? $0.flush() } }
            return file
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer, to file: SegmentFile) throws(LogFailure) {
        if CrashPoint.appendTorn.isDue {
            _ = options.files.write(
                file.descriptor, UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 2)]), position)
            CrashPoint.die()
        }
        var written = 0
        while written < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
            let count = options.files.write(file.descriptor, rest, position + written)
            if count > 0 {
                written += count
            } else if count == 0 || errno != EINTR {
                throw refuse(count == 0 ? EIO : errno, bytes.count, file)
            }
        }
    }

    /// Takes back what a failed write may have left, for good: after a crash, too, no replay will see it.
    private func refuse(_ number: Int32, _ count: Int, _ file: SegmentFile) -> LogFailure {
        let reason = "writing \(LogFolder.segment(file.number)) failed: \(SystemError.text(number))"
        guard ftruncate(file.descriptor, off_t(position)) == 0, options.files.sync(file.descriptor) == 0 else {
            return breakDown("\(reason); taking it back failed: \(SystemError.text())", cutting: nil)
        }
        catalog.withLock {
            $0.health = .refusing(reason: reason)
            $0.wantedBytes = [ENOSPC, EDQUOT].contains(number) ? count : 0
        }
        return .refused(reason: reason)
    }

    /// Nobody knows any more what the disk holds.
    func breakDown(_ reason: String, cutting file: SegmentFile?) -> LogFailure {
        // The refused batch must not come back with the next start, if that can still be had.
        if let file { _ = ftruncate(file.descriptor, off_t(position)) }
        catalog.withLock { $0.health = .broken(reason: reason) }
        return .broken(reason: reason)
    }

    private func prepareSegment(after file: SegmentFile) {
        let capacity = min(max(file.capacity, options.firstSegmentBytes) * 4, options.segmentBytes)
        inBackground(on: filling) { journal in
            // Without room for a segment ahead the present one goes on growing, and the next append tries again.
            let make = journal.options.durability == .commit ? SegmentFile.filled : SegmentFile.reserved
            let next = journal.freeBytes > 2 * capacity ? try? make(file.number + 1, journal.folder, capacity) : nil
            journal.catalog.withLock {
                $0.prepared = next
                $0.isPreparing = false
            }
        }
    }

    private func scheduleSync() {
        syncing.asyncAfter(deadline: .now() + .milliseconds(options.syncInterval)) { [weak self] in
            guard let self else { return }
            self.catalog.withLock { $0.isSyncScheduled = false }
            // A failure stands in `health`, and the next append throws it.
            try? self.flush()
        }
    }

    /// Makes everything appended so far durable. On any queue.
    func flush() throws(LogFailure) {
        let (files, last, health) = catalog.withLock {
            ($0.unsynced + ($0.active.map { [$0] } ?? []), $0.lastSequence, $0.health)
        }
        if case .broken(let reason) = health { throw .broken(reason: reason) }
        guard mark.sequence < last else { return }
        for file in files where options.files.sync(file.descriptor) != 0 {
            throw breakDown("syncing \(LogFolder.segment(file.number)) failed: \(SystemError.text())", cutting: nil)
        }
        mark.advance(to: last)
        let done = Set(files.dropLast().map(\.number))
        catalog.withLock { $0.unsynced.removeAll { done.contains($0.number) } }
    }
}
