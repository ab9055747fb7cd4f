extension Journal {
    /// Visits every record from `sequence` on, compressed history included, as it stands in the files: one line of
    /// text each, without the newline. Ends where the visitor answers false. Takes no lock.
    ///
    /// Throws `LogFailure.damaged` at the first line that is neither readable nor the log's unfinished end.
    public static func dump(
        folder path: String, from sequence: UInt64 = 0, _ visit: (LogRecord) -> Bool
    ) throws(LogFailure) {
        let folder = LogFolder(path: path)
        let contents = try folder.contents()
        let plain = Set(contents.plain)
        for number in contents.compressed where !plain.contains(number) {
            let segment = try CompressedSegment(number, in: folder)
            let members = try segment.members()
            for (index, member) in members.enumerated() {
                if index + 1 < members.count, members[index + 1].firstSequence <= sequence { continue }
                guard try dump(segment.text(of: member), segment.name, sequence, isEnd: false, visit) else { return }
            }
        }
        for number in contents.plain {
            let name = LogFolder.segment(number)
            guard try dump(folder.map(name), name, sequence, isEnd: number == contents.plain.last, visit) else {
                return
            }
        }
    }

    /// Whether the visitor wants more.
    private static func dump(
        _ bytes: LogBytes, _ name: String, _ sequence: UInt64, isEnd: Bool, _ visit: (LogRecord) -> Bool
    ) throws(LogFailure) -> Bool {
        defer { extendLifetime(bytes) }
        var scanner = LineScanner(bytes.bytes)
        var line = 0
        while case .line(let range) = scanner.next() {
            line += 1
            guard let record = LineScanner.record(in: bytes, at: range) else {
                if isEnd { return true }
                throw .damaged(LogDamage(file: name, line: line, reason: SegmentScan.complaint(bytes, range, 0)))
            }
            if record.sequence >= sequence, !visit(record) { return false }
        }
        return true
    }

    /// Compresses what the newest snapshot covers, in a folder that no server has open.
    public static func compact(
        folder path: String, options: JournalOptions = JournalOptions()
    ) throws(LogFailure) {
        let journal = try Journal(folder: path, options: options)
        _ = try journal.replay(NullVisitor())
        try journal.compact()
        try journal.close()
    }
}
