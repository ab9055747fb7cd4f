import Vocabulary

/// A snapshot's framing and its reading.
///
///     {"snapshot":{"covering":12,"time":"…"},"crc":"…"}
///     {"snap":…,"crc":"…"}                                  once a line of the state
///     {"snapshotEnd":{"lines":3},"crc":"…"}
struct SnapshotFile {
    let covering: UInt64
    private let file: InputFile
    private let bytes: LogBytes

    init(covering: UInt64, in folder: LogFolder) throws(LogFailure) {
        self.covering = covering
        file = try InputFile(LogFolder.snapshot(covering), in: folder)
        bytes = try file.map()
    }

    var name: String { file.name }
    var count: Int { bytes.bytes.count }

    static func appendHead(covering: UInt64, time: Timestamp, to buffer: inout [UInt8]) {
        let start = buffer.count
        buffer.append("{\"snapshot\":{\"covering\":")
        buffer.append(decimal: covering)
        buffer.append(",\"time\":\"")
        time.append(to: &buffer)
        buffer.append("\"}")
        LogLine.finish(&buffer, from: start)
    }

    static func append(_ line: UnsafeRawBufferPointer, to buffer: inout [UInt8]) {
        let start = buffer.count
        buffer.append("{\"snap\":")
        LogLine.append(line, to: &buffer)
        LogLine.finish(&buffer, from: start)
    }

    static func appendEnd(lines: Int, to buffer: inout [UInt8]) {
        let start = buffer.count
        buffer.append("{\"snapshotEnd\":{\"lines\":")
        buffer.append(decimal: lines)
        buffer.append("}")
        LogLine.finish(&buffer, from: start)
    }

    /// The last line: where it begins, and how many lines it says there are; nil where it cannot be read.
    private func end() -> (start: Int, lines: Int)? {
        let all = bytes.bytes
        guard all.count > 1, all[all.count - 1] == LogLine.newline else { return nil }
        var start = all.count - 1
        while start > 0, all[start - 1] != LogLine.newline { start -= 1 }
        let line = UnsafeRawBufferPointer(rebasing: all[start..<all.count - 1])
        var cursor = LineCursor(line)
        guard LogLine.isIntact(line), cursor.skip("{\"snapshotEnd\":{\"lines\":"),
            let lines = cursor.number().flatMap(Int.init(exactly:))
        else { return nil }
        return (start, lines)
    }

    /// Visits the lines; answers how many there were. Throws where one is damaged or missing, or the visitor throws.
    ///
    /// What stands first is visited in order whoever else there is, since what is said there may concern all that follows.
    func read(_ visitor: some LogVisitor) throws(LogFailure) -> Int {
        guard let end = end() else { throw damage(1, "the snapshot has no end") }
        do { try visitor.beginSnapshot(covering: covering, lines: end.lines) } catch { throw damage(1, "\(error)") }
        file.expectSequentialReading()
        let pieces = SnapshotPieces(file: file, mapping: bytes, covering: covering, end: end.start)
        var memory = ReadMemory()
        var found = 0
        var piece = 0
        while piece < pieces.count {
            let lines = try pieces.withLines(of: piece, in: &memory) { $0.slices }
            found += lines.count
            try visit(lines, visitor)
            piece += 1
            guard piece < pieces.count, let intake = visitor.intake else { continue }
            let rest = try pieces.read(from: piece, by: intake)
            found += rest.lines
            try visit(rest.waiting, visitor)
            break
        }
        guard found == end.lines else {
            throw damage(found + 2, "the snapshot has \(found) lines, its end says \(end.lines)")
        }
        return found
    }

    private func visit(_ lines: [LogSlice], _ visitor: some LogVisitor) throws(LogFailure) {
        for line in lines {
            do { try visitor.visitSnapshotLine(line) } catch { throw .damaged(line.damage("\(error)")) }
        }
    }

    private func damage(_ line: Int, _ reason: String) -> LogFailure {
        .damaged(LogDamage(file: name, line: line, reason: reason))
    }
}
