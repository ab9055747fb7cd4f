import Vocabulary

/// A snapshot's framing and its reading.
///
///     {"snapshot":{"covering":12,"time":"…"},"crc":"…"}
///     {"snap":…,"crc":"…"}                                  once a line of the state
///     {"snapshotEnd":{"lines":3},"crc":"…"}
struct SnapshotFile {
    let name: String
    let covering: UInt64
    private let bytes: LogBytes

    init(covering: UInt64, in folder: LogFolder) throws(LogFailure) {
        name = LogFolder.snapshot(covering)
        self.covering = covering
        bytes = try folder.map(name)
        bytes.expectSequentialReading()
    }

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

    /// How many lines the end says there are; nil where there is no readable end.
    func statedLines() -> Int? {
        let all = bytes.bytes
        guard all.count > 1, all[all.count - 1] == LogLine.newline else { return nil }
        var start = all.count - 1
        while start > 0, all[start - 1] != LogLine.newline { start -= 1 }
        let line = UnsafeRawBufferPointer(rebasing: all[start..<all.count - 1])
        var cursor = LineCursor(line)
        guard LogLine.isIntact(line), cursor.skip("{\"snapshotEnd\":{\"lines\":"), let lines = cursor.number() else {
            return nil
        }
        return Int(exactly: lines)
    }

    /// Visits the lines; answers how many there were. Throws where one is damaged or missing, or the visitor throws.
    func read(_ visitor: some LogVisitor) throws(LogFailure) -> Int {
        guard let stated = statedLines() else { throw damage(0, "the snapshot has no end") }
        do { try visitor.beginSnapshot(covering: covering, lines: stated) } catch { throw damage(1, "\(error)") }
        defer { extendLifetime(bytes) }
        var scanner = LineScanner(bytes.bytes)
        var number = 0
        let prefix: StaticString = "{\"snap\":"
        while true {
            number += 1
            guard case .line(let range) = scanner.next() else { throw damage(number, "the snapshot ends early") }
            let line = UnsafeRawBufferPointer(rebasing: bytes.bytes[range])
            guard LogLine.isIntact(line) else { throw damage(number, "the checksum does not match") }
            var cursor = LineCursor(line)
            if number == 1 {
                guard cursor.skip("{\"snapshot\":{\"covering\":"), cursor.number() == covering else {
                    throw damage(number, "the line is not the beginning of this snapshot")
                }
            } else if cursor.skip(prefix) {
                let body = range.lowerBound + prefix.utf8CodeUnitCount
                let slice = LogSlice(owner: bytes, offset: body, count: range.upperBound - LogLine.suffixCount - body)
                do { try visitor.visitSnapshotLine(slice) } catch { throw damage(number, "\(error)") }
            } else {
                break
            }
        }
        guard scanner.position == bytes.bytes.count, number == stated + 2 else {
            throw damage(number, "the snapshot has \(number - 2) lines, its end says \(stated)")
        }
        return stated
    }

    private func damage(_ line: Int, _ reason: String) -> LogFailure {
        .damaged(LogDamage(file: name, line: line, reason: reason))
    }
}
