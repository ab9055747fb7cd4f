import Glibc

/// Walks over the lines of some bytes, from an offset to the end of the text: the end of the bytes, or the first NUL
/// where a line would begin.
struct LineScanner {
    enum Step {
        /// A whole line, without its newline, not yet checked.
        case line(Range<Int>)
        /// Bytes that no newline ends.
        case unfinished(Range<Int>)
        case end
    }

    private let bytes: UnsafeRawBufferPointer
    private let end: Int
    /// Where the next line begins.
    private(set) var position: Int

    /// The bytes must outlive the scanner.
    init(_ bytes: UnsafeRawBufferPointer, from position: Int = 0, to end: Int? = nil) {
        self.bytes = bytes
        self.position = position
        self.end = end ?? bytes.count
    }

    @inline(__always)
    mutating func next() -> Step {
        guard position < end, bytes[position] != 0, let base = bytes.baseAddress else { return .end }
        let start = position
        guard let found = memchr(base + start, Int32(LogLine.newline), end - start) else {
            return .unfinished(start..<end)
        }
        let stop = UnsafeRawPointer(found) - base
        position = stop + 1
        return .line(start..<stop)
    }

    /// The record in a line; nil where its checksum or its members are wrong.
    @inline(__always)
    static func record(in owner: LogBytes, at range: Range<Int>) -> LogRecord? {
        let line = UnsafeRawBufferPointer(rebasing: owner.bytes[range])
        guard LogLine.isIntact(line), let fields = LogLine.fields(of: line) else { return nil }
        return LogRecord(owner: owner, start: range.lowerBound, fields: fields)
    }

    /// The records of bytes that this process wrote itself.
    static func records(in owner: LogBytes) -> some Sequence<LogRecord> {
        sequence(state: LineScanner(owner.bytes)) { scanner in
            guard case .line(let range) = scanner.next() else { return nil }
            return record(in: owner, at: range)
        }
    }
}
