import Glibc
import Vocabulary

extension Journal {
    public func replay(_ visitor: some LogVisitor) throws(LogFailure) -> ReplayReport {
        guard catalog.withLock({ $0.phase == .opened && $0.segments.isEmpty }) else {
            throw .misused(reason: "the log was replayed or closed before")
        }
        let contents = try tidied(folder.contents())
        var report = ReplayReport()
        var covering: UInt64 = 0
        var snapshotSize = 0
        if let newest = contents.snapshots.last {
            let file = try SnapshotFile(covering: newest, in: folder)
            report.snapshotLines = try file.read(visitor)
            report.snapshotCovering = newest
            covering = newest
            snapshotSize = file.count
        }

        var heads = try SegmentHeads(contents, in: folder)
        let start = heads.start(after: covering)
        var scan = SegmentScan(
            start.segments, expecting: start.firstSequence)
        try scan.run(from: covering + 1) { record in try visitor.visit(record) }
        guard scan.expected > covering else {
            throw .damaged(
                LogDamage(
                    file: scan.segments.last?.name ?? LogFolder.segment(1), line: 1,
                    reason: "the snapshot covers record \(covering), but the log ends with record \(scan.expected - 1)")
            )
        }
        report.records = scan.visited
        report.tornTail = scan.cut?.tail
        let (active, end) = try settle(scan, highest: contents.plain.last ?? contents.compressed.last ?? 0)
        position = end
        mark.advance(to: scan.expected - 1)
        var segments = heads.history
        segments += scan.segments.filter { $0.firstSequence != 0 }.map {
            Catalog.Segment(number: $0.number, firstSequence: $0.firstSequence, end: $0.end, index: $0.index)
        }
        if segments.last?.number != active.number || segments.last?.isCompressed == true {
            segments.append(Catalog.Segment(number: active.number, firstSequence: 0, end: end))
        }
        catalog.withLock { catalog in
            catalog.segments = segments
            catalog.lastSequence = scan.expected - 1
            catalog.active = active
            catalog.snapshotCovering = covering
            catalog.snapshotSize = snapshotSize
            catalog.appendedSinceSnapshot = scan.segments.reduce(0) { $0 + $1.end }
            catalog.phase = .writing
        }
        compactInBackground()
        return report
    }

    /// Removes what interrupted work left: temporary files, older snapshots, compressed segments whose plain form is
    /// still there (a crash came before it was removed; it is whole, and will be compressed again).
    private func tidied(_ found: LogFolder.Contents) throws(LogFailure) -> LogFolder.Contents {
        var contents = found
        let plain = Set(contents.plain)
        var useless = contents.temporary
        useless += contents.snapshots.dropLast().map(LogFolder.snapshot)
        useless += contents.compressed.filter(plain.contains).map(LogFolder.compressed)
        for name in useless { try folder.remove(name) }
        if !useless.isEmpty { try folder.sync() }
        contents.temporary = []
        contents.snapshots = contents.snapshots.suffix(1)
        contents.compressed.removeAll(where: plain.contains)
        return contents
    }

    /// Brings the folder to what the scan found, and opens the segment that takes the next batch.
    private func settle(
        _ scan: SegmentScan, highest: Int
    ) throws(LogFailure) -> (file: SegmentFile, position: Int) {
        CrashPoint.recoveryBeforeCut.reach()
        let last = scan.segments.last { $0.firstSequence != 0 } ?? scan.segments.first
        // Segments made ahead, or with nothing but torn records in them. From the back, so that a crash leaves no gap.
        let empty = scan.segments.filter { $0.number > last?.number ?? 0 }
        for segment in empty.reversed() { try folder.remove(segment.name) }
        guard let last else {
            let file = try SegmentFile.growing(
                highest + 1, in: folder, capacity: options.firstSegmentBytes, existing: false)
            try folder.sync()
            return (file, 0)
        }
        let size = last.bytes.bytes.count
        let isCut = scan.cut.map { scan.segments[$0.segment].number == last.number } ?? false
        let isFilled = !isCut && size > last.end && (scan.cut == nil || Zeros.fill(last.bytes.bytes, from: last.end))
        let file = try SegmentFile.growing(
            last.number, in: folder, capacity: isFilled ? size : max(options.firstSegmentBytes, last.end),
            existing: true)
        if !isFilled, size > last.end {
            guard ftruncate(file.descriptor, off_t(last.end)) == 0 else {
                throw .unusable(path: folder.path(of: last.name), reason: "cannot be cut: \(SystemError.text())")
            }
        }
        // The records may have been read from memory the disk has never seen: what is promised from now on (`batch` in
        // the lines to come, answers to readers) stands on them.
        for segment in scan.segments where segment.firstSequence != 0 || segment.number == last.number {
            let descriptor = try folder.open(segment.name, O_RDWR)
            defer { Glibc.close(descriptor) }
            guard fsync(descriptor) == 0 else {
                throw .unusable(path: folder.path(of: segment.name), reason: "cannot be synced: \(SystemError.text())")
            }
        }
        if isCut || !empty.isEmpty { try folder.sync() }
        CrashPoint.recoveryAfterCut.reach()
        return (file, last.end)
    }
}
