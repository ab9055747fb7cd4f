import Glibc
import Vocabulary

/// One line of the log: an event with its place in the order, its time and its kind. A view; nothing is copied.
public struct LogRecord: Sendable {
    /// 1 for the log's first; no number is left out.
    public let sequence: UInt64
    /// Every record before this sequence was on the disk when this one was written (see `LogLine`).
    public let batch: UInt64
    /// Whether the next record belongs to the same change; the two are replayed together or not at all.
    public let continues: Bool

    let owner: LogBytes
    let start: Int
    let line: LogLine.Fields

    init(owner: LogBytes, start: Int, fields: LogLine.Fields) {
        sequence = fields.sequence
        batch = fields.batch
        continues = fields.continues
        self.owner = owner
        self.start = start
        line = fields
    }

    /// The event: one JSON object.
    public var event: LogSlice {
        LogSlice(owner: owner, offset: start + line.event.lowerBound, count: line.event.count)
    }

    /// The whole line without its newline.
    public var text: LogSlice { LogSlice(owner: owner, offset: start, count: line.length) }

    /// When the event happened.
    public var time: Timestamp {
        Timestamp(LogSlice(owner: owner, offset: start + line.time.lowerBound, count: line.time.count).text) ?? .never
    }

    /// The event's kind, `twin.patched` for example.
    public var kind: String {
        LogSlice(owner: owner, offset: start + line.kind.lowerBound, count: line.kind.count).text
    }

    /// Whether the event is of this kind, without making a `String`.
    public func isKind(_ name: StaticString) -> Bool {
        guard line.kind.count == name.utf8CodeUnitCount else { return false }
        defer { extendLifetime(owner) }
        return memcmp(owner.bytes.baseAddress! + start + line.kind.lowerBound, name.utf8Start, line.kind.count) == 0
    }
}
