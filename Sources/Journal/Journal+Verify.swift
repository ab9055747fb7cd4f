extension Journal {
    /// Reads every file of a log's folder and checks every line. Changes nothing and takes no lock; on a running
    /// server's folder the end may look torn, since it is being written.
    public static func verify(folder path: String) throws(LogFailure) -> VerifyReport {
        try verify(folder: path, showing: NullVisitor())
    }

    /// As above.
    ///
    /// - Parameter visitor: is shown the snapshots' lines, and throws where one is not what it should be.
    public static func verify(
        folder path: String, showing visitor: some LogVisitor
    ) throws(LogFailure) -> VerifyReport {
        let folder = LogFolder(path: path)
        let contents = try folder.contents()
        var report = VerifyReport()
        var expected: UInt64?
        do {
            let plain = Set(contents.plain)
            for number in contents.compressed where !plain.contains(number) {
                let (file, next) = try verify(compressed: number, in: folder, expecting: expected)
                report.files.append(file)
                expected = next
            }
        } catch .damaged(let damage) {
            report.damage.append(damage)
            expected = nil
        }
        try verify(plain: contents, in: folder, expecting: expected, into: &report)
        for covering in contents.snapshots {
            do {
                let file = try SnapshotFile(covering: covering, in: folder)
                let lines = try file.read(visitor)
                report.files.append(.init(name: file.name, bytes: file.count, records: lines, sequence: covering))
            } catch .damaged(let damage) {
                report.damage.append(damage)
            }
        }
        if let covering = contents.snapshots.last, report.damage.isEmpty, report.lastSequence < covering {
            if contents.plain.isEmpty {
                report.lastSequence = covering
            } else {
                let reason = "it covers record \(covering), but the log ends with record \(report.lastSequence)"
                report.damage.append(LogDamage(file: LogFolder.snapshot(covering), line: 1, reason: reason))
            }
        }
        return report
    }

    static func verify(
        compressed number: Int, in folder: LogFolder, expecting: UInt64?
    ) throws(LogFailure) -> (VerifyReport.File, next: UInt64) {
        let segment = try CompressedSegment(number, in: folder)
        var expected = expecting
        var line = 0
        var first: UInt64 = 0
        for member in try segment.members() {
            let text = try segment.text(of: member)
            defer { extendLifetime(text) }
            var scanner = LineScanner(text.bytes)
            while case .line(let range) = scanner.next() {
                line += 1
                guard let record = LineScanner.record(in: text, at: range),
                    record.sequence == expected ?? record.sequence
                else { throw segment.damage(SegmentScan.complaint(text, range, expected ?? 0), line: line) }
                if first == 0 { first = record.sequence }
                expected = record.sequence + 1
            }
        }
        let file = VerifyReport.File(
            name: segment.name, bytes: segment.file.bytes.count, records: line, sequence: first)
        return (file, expected ?? 1)
    }

    private static func verify(
        plain contents: LogFolder.Contents, in folder: LogFolder, expecting: UInt64?, into report: inout VerifyReport
    ) throws(LogFailure) {
        var segments: [SegmentScan.Segment] = []
        for number in contents.plain {
            segments.append(.init(number: number, bytes: try folder.map(LogFolder.segment(number))))
        }
        // Without history before it, and with a snapshot, the log may begin anywhere that the snapshot still reaches.
        var expected = expecting ?? 1
        if expecting == nil, let covering = contents.snapshots.last, let first = segments.first {
            expected = covering + 1
            var scanner = LineScanner(first.bytes.bytes)
            if case .line(let range) = scanner.next(), let record = LineScanner.record(in: first.bytes, at: range) {
                expected = min(expected, record.sequence)
            }
        }
        var scan = SegmentScan(segments, expecting: expected)
        do {
            try scan.run(from: .max) { _ in }
        } catch .damaged(let damage) {
            report.damage.append(damage)
        }
        report.tornTail = scan.cut?.tail
        report.lastSequence = scan.expected - 1
        let read = scan.segments.filter { $0.firstSequence != 0 }
        for (index, segment) in read.enumerated() {
            let next = index + 1 < read.count ? read[index + 1].firstSequence : scan.expected
            report.files.append(
                .init(
                    name: segment.name, bytes: segment.end, records: Int(next - segment.firstSequence),
                    sequence: segment.firstSequence))
        }
    }
}
