extension Journal {
    public func read(
        from sequence: UInt64, limit: Int, _ visit: (LogRecord) -> Bool
    ) throws(LogFailure) -> UInt64 {
        var next = sequence
        var left = limit
        var goesOn = true
        while goesOn, left > 0 {
            let (found, last, oldest) = catalog.withLock {
                ($0.segment(holding: next), $0.lastSequence, $0.oldestSequence)
            }
            guard next >= oldest else { throw .compacted(oldest: oldest) }
            guard next <= last, let segment = found else { break }
            let before = next
            do {
                try scan(segment, from: before) { record in
                    guard record.sequence == next, next <= last else { return false }
                    next += 1
                    left -= 1
                    goesOn = visit(record)
                    return goesOn && left > 0 && next <= last
                }
            } catch .unusable where isGone(segment) {
                // It was compressed, or dropped, between the look into the catalog and the opening.
                continue
            }
            guard next > before else {
                let name = LogFolder.segment(segment.number) + (segment.isCompressed ? ".gz" : "")
                throw .damaged(LogDamage(file: name, line: 1, reason: "record \(next) cannot be read"))
            }
        }
        return next
    }

    /// Whether the catalog has another form of this segment by now, or none.
    private func isGone(_ segment: Catalog.Segment) -> Bool {
        catalog.withLock { catalog in
            !catalog.segments.contains { $0.number == segment.number && $0.isCompressed == segment.isCompressed }
        }
    }

    private func scan(
        _ segment: Catalog.Segment, from sequence: UInt64, _ visit: (LogRecord) -> Bool
    ) throws(LogFailure) {
        guard segment.isCompressed else {
            let bytes = try folder.map(LogFolder.segment(segment.number), count: segment.end)
            _ = Self.scan(bytes, at: segment.index.offset(for: sequence), from: sequence, visit)
            return
        }
        let file = try CompressedSegment(segment.number, in: folder)
        let members = try file.members()
        let first = max(members.partitionPoint { $0.firstSequence > sequence } - 1, 0)
        for member in members[first...] {
            guard Self.scan(try file.text(of: member), at: 0, from: sequence, visit) else { return }
        }
    }

    /// Whether the visitor wants more.
    private static func scan(
        _ bytes: LogBytes, at offset: Int, from sequence: UInt64, _ visit: (LogRecord) -> Bool
    ) -> Bool {
        defer { extendLifetime(bytes) }
        var scanner = LineScanner(bytes.bytes, from: offset)
        while case .line(let range) = scanner.next() {
            guard let record = LineScanner.record(in: bytes, at: range) else { return false }
            if record.sequence >= sequence, !visit(record) { return false }
        }
        return true
    }
}
