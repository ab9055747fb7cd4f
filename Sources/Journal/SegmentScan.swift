/// Reads plain segments in order and finds out where the log ends, and whether it may end there.
///
/// The rule for a line that cannot be read, or is not the record that must stand there (performance-notes.md section 5):
/// see `LogLine`, whose `batch` it rests on.
struct SegmentScan {
    struct Segment {
        var number: Int
        var bytes: LogBytes
        /// Where its text ends; set by the scan.
        var end = 0
        /// The first record's sequence; 0 while it has none.
        var firstSequence: UInt64 = 0
        var index = SparseIndex()

        var name: String { LogFolder.segment(number) }
    }

    /// Where the log has to be cut.
    struct Cut {
        var segment: Int
        var offset: Int
        var tail: TornTail
    }

    private(set) var segments: [Segment]
    private(set) var cut: Cut?
    /// Where the damage begins, once `run` has thrown it: a segment's index and an offset.
    private(set) var damagePlace: (segment: Int, offset: Int)?
    /// The sequence that must come next; at the end, the log's last one plus 1.
    private(set) var expected: UInt64
    private(set) var visited = 0

    /// - Parameter expected: the sequence that the first line must have.
    init(_ segments: [Segment], expecting expected: UInt64) {
        self.segments = segments
        self.expected = expected
    }

    /// Where a bad line stands.
    private struct Place {
        var segment: Int
        var offset: Int
        var line: Int
    }

    /// Visits the records from sequence `wanted` on. Sets `cut` where the end is torn; throws where it is damaged.
    mutating func run(from wanted: UInt64, _ visit: (LogRecord) throws -> Void) throws(LogFailure) {
        // Records of a change that is not yet complete, and where it begins.
        var open: [LogRecord] = []
        var opened = Place(segment: 0, offset: 0, line: 0)
        for index in segments.indices {
            let bytes = segments[index].bytes
            bytes.expectSequentialReading()
            var scanner = LineScanner(bytes.bytes)
            var line = 0
            scan: while true {
                let start = scanner.position
                let range: Range<Int>
                line += 1
                switch scanner.next() {
                case .end:
                    segments[index].end = start
                    break scan
                case .unfinished:
                    let place = Place(segment: index, offset: start, line: line)
                    return try judge(place, open.isEmpty ? nil : opened, "the line has no end")
                case .line(let found): range = found
                }
                guard let record = LineScanner.record(in: bytes, at: range), record.sequence == expected else {
                    let place = Place(segment: index, offset: start, line: line)
                    return try judge(place, open.isEmpty ? nil : opened, Self.complaint(bytes, range, expected))
                }
                if segments[index].firstSequence == 0 { segments[index].firstSequence = record.sequence }
                segments[index].index.note(record.sequence, at: start)
                segments[index].end = scanner.position
                expected += 1
                do {
                    if record.continues {
                        if open.isEmpty { opened = Place(segment: index, offset: start, line: line) }
                        open.append(record)
                    } else if open.isEmpty {
                        if record.sequence >= wanted {
                            try visit(record)
                            visited += 1
                        }
                    } else {
                        open.append(record)
                        for record in open where record.sequence >= wanted {
                            try visit(record)
                            visited += 1
                        }
                        open.removeAll()
                    }
                } catch {
                    throw .damaged(LogDamage(file: segments[index].name, line: line, reason: "\(error)"))
                }
            }
        }
        if !open.isEmpty { return try judge(opened, opened, "the change that begins here is not complete") }
        guard let last = segments.lastIndex(where: { $0.firstSequence != 0 }) ?? segments.indices.first else { return }
        if !Zeros.fill(segments[last].bytes.bytes, from: segments[last].end) {
            let place = Place(
                segment: last, offset: segments[last].end, line: lines(before: segments[last].end, in: last))
            try judge(place, nil, "zeros stand where record \(expected) should")
        }
    }

    /// Tells a torn end from damage, given the first bad line, and where the change begins that it interrupts.
    private mutating func judge(_ found: Place, _ opened: Place?, _ complaint: String) throws(LogFailure) {
        var place = found
        var reason = complaint
        if place.offset == 0, place.segment > 0 {
            // A first line out of order can be the fault of a hole at the end of the segment before.
            let before = segments[place.segment - 1]
            if !Zeros.fill(before.bytes.bytes, from: before.end) {
                place = Place(
                    segment: place.segment - 1, offset: before.end,
                    line: lines(before: before.end, in: place.segment - 1))
                reason = "zeros stand where record \(expected) should"
            }
        }
        if let later = laterBatch(from: place) {
            damagePlace = (
                place.segment, (opened ?? place).segment == place.segment ? (opened ?? place).offset : place.offset
            )
            throw .damaged(
                LogDamage(
                    file: segments[place.segment].name, line: place.line,
                    reason: "\(reason); record \(later.sequence) behind it shows that it had been written in full"))
        }
        let start = opened ?? place
        if let opened, opened.segment <= place.segment { rewind(to: opened) }
        var bytes = Zeros.textCount(segments[start.segment].bytes.bytes, from: start.offset)
        for later in segments[(start.segment + 1)...] { bytes += Zeros.textCount(later.bytes.bytes, from: 0) }
        segments[start.segment].end = start.offset
        for later in segments.indices[(start.segment + 1)...] {
            segments[later].end = 0
            segments[later].firstSequence = 0
        }
        cut = Cut(
            segment: start.segment, offset: start.offset,
            tail: TornTail(file: segments[start.segment].name, line: start.line, bytes: bytes, reason: reason))
    }

    /// Takes back the records of a change that will be cut.
    private mutating func rewind(to opened: Place) {
        var scanner = LineScanner(segments[opened.segment].bytes.bytes, from: opened.offset)
        guard case .line(let range) = scanner.next(),
            let record = LineScanner.record(in: segments[opened.segment].bytes, at: range)
        else { return }
        expected = record.sequence
        if opened.offset == 0 { segments[opened.segment].firstSequence = 0 }
        segments[opened.segment].index.forget(from: record.sequence)
    }

    /// A readable record behind the bad one which could only be written once the bad one was on the disk.
    private func laterBatch(from place: Place) -> LogRecord? {
        for index in place.segment..<segments.count {
            let bytes = segments[index].bytes
            var offset = index == place.segment ? place.offset : 0
            while true {
                offset = Zeros.end(bytes.bytes, from: offset)
                var scanner = LineScanner(bytes.bytes, from: offset)
                guard case .line(let range) = scanner.next() else { break }
                if let record = LineScanner.record(in: bytes, at: range), record.batch > expected { return record }
                offset = scanner.position
            }
        }
        return nil
    }

    private func lines(before offset: Int, in segment: Int) -> Int {
        segments[segment].bytes.bytes[..<offset].reduce(into: 1) { $0 += $1 == LogLine.newline ? 1 : 0 }
    }

    static func complaint(_ bytes: LogBytes, _ range: Range<Int>, _ expected: UInt64) -> String {
        let line = UnsafeRawBufferPointer(rebasing: bytes.bytes[range])
        guard LogLine.isIntact(line) else { return "the checksum does not match" }
        guard let fields = LogLine.fields(of: line) else { return "the line is no record" }
        return "record \(fields.sequence) stands where record \(expected) should"
    }
}
