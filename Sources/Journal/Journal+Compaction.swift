import Glibc

extension Journal {
    func compactInBackground() {
        // A failure leaves everything readable as it is; the next snapshot tries again.
        inBackground(on: compacting) { try? $0.compactNow() }
    }

    /// Compresses the segments that the newest snapshot covers, and drops history beyond its bound. Waits for it.
    public func compact() throws(LogFailure) {
        try compacting.sync { Result { () throws(LogFailure) in try compactNow() } }.get()
    }

    /// On the compacting queue only.
    private func compactNow() throws(LogFailure) {
        while !isClosing.load(ordering: .relaxed), let segment = catalog.withLock({ $0.nextCovered }) {
            guard try compress(segment) else { return }
        }
        try dropOldHistory()
    }

    /// Puts the compressed form in the plain one's place; false where closing came first.
    private func compress(_ segment: Catalog.Segment) throws(LogFailure) -> Bool {
        let name = LogFolder.segment(segment.number)
        let bytes = try folder.map(name)
        defer { extendLifetime(bytes) }
        let temporary = LogFolder.compressed(segment.number) + LogFolder.temporarySuffix
        let output = try OutputFile(temporary, in: folder)
        var scanner = LineScanner(bytes.bytes)
        var memberStart = 0
        var memberFirst: UInt64 = 0
        var packed: [UInt8] = []
        var expected = segment.firstSequence
        var line = 0
        while true {
            let step = scanner.next()
            var isEnd = true
            if case .line(let range) = step {
                line += 1
                guard let record = LineScanner.record(in: bytes, at: range), record.sequence == expected else {
                    try folder.remove(temporary)
                    throw .damaged(
                        LogDamage(file: name, line: line, reason: SegmentScan.complaint(bytes, range, expected)))
                }
                if memberFirst == 0 { memberFirst = expected }
                expected += 1
                isEnd = false
            }
            if memberFirst != 0, isEnd || scanner.position - memberStart >= CompressedSegment.memberBytes {
                packed.removeAll(keepingCapacity: true)
                try CompressedSegment.pack(
                    UnsafeRawBufferPointer(rebasing: bytes.bytes[memberStart..<scanner.position]),
                    firstSequence: memberFirst, to: &packed)
                try output.write(packed)
                memberStart = scanner.position
                memberFirst = 0
                if isClosing.load(ordering: .relaxed) {
                    try folder.remove(temporary)
                    return false
                }
            }
            if isEnd { break }
        }
        // Every record before the next segment's first one must be in it.
        let follows = catalog.withLock { catalog in catalog.segments.first { $0.number > segment.number }?.firstSequence
        }
        guard expected == follows else {
            try folder.remove(temporary)
            throw .damaged(LogDamage(file: name, line: line + 1, reason: "record \(expected) is missing"))
        }
        try output.sync()
        CrashPoint.compactionBeforeRename.reach()
        try folder.rename(temporary, to: LogFolder.compressed(segment.number))
        try folder.sync()
        CrashPoint.compactionAfterRename.reach()
        catalog.withLock { catalog in
            guard let index = catalog.segments.firstIndex(where: { $0.number == segment.number }) else { return }
            catalog.segments[index].isCompressed = true
            catalog.segments[index].end = output.count
            catalog.segments[index].index = SparseIndex()
        }
        try folder.remove(name)
        CrashPoint.compactionAfterDelete.reach()
        return true
    }

    private func dropOldHistory() throws(LogFailure) {
        let dropped = catalog.withLock { catalog -> [Int] in
            var held = catalog.segments.reduce(0) { $0 + ($1.isCompressed ? $1.end : 0) }
            var dropped: [Int] = []
            while held > options.historyBytes, let oldest = catalog.segments.first, oldest.isCompressed {
                held -= oldest.end
                dropped.append(oldest.number)
                catalog.segments.removeFirst()
            }
            return dropped
        }
        for number in dropped { try folder.remove(LogFolder.compressed(number)) }
        try folder.sync()
    }
}
