import Vocabulary

/// Lines on their way into a log, already in the form in which they are written. One buffer, reused.
///
/// Made by `EventLog.makeBatch`.
public struct LogBatch: Sendable {
    /// The lines, each ended by a newline.
    public private(set) var bytes: [UInt8] = []
    public private(set) var count = 0
    /// The first record's sequence; 0 while empty.
    public private(set) var firstSequence: UInt64 = 0
    /// The last record's sequence; 0 while empty.
    public private(set) var lastSequence: UInt64 = 0
    /// Whether the sequence numbers rise by one, and the last record is not said to continue.
    private(set) var isWhole = true

    private let mark: SyncMark
    private var batch: UInt64 = 0
    private var openChange = false
    private var second: Int64 = -1
    private var secondText: [UInt8] = []

    init(mark: SyncMark) { self.mark = mark }

    public var isEmpty: Bool { count == 0 }

    /// Forgets the lines and keeps the buffer.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: bytes.capacity <= Self.keptCapacity)
        count = 0
        firstSequence = 0
        lastSequence = 0
        isWhole = true
        openChange = false
    }

    /// A buffer that one huge batch made is not kept for ever.
    static let keptCapacity = 4 << 20

    /// Adds a record.
    /// - Parameters:
    ///   - kind: a name without characters that JSON escapes.
    ///   - event: one JSON object. Raw newlines between its tokens become spaces.
    ///   - continues: whether the next record belongs to the same change, which is then replayed whole or not at all.
    public mutating func add(
        sequence: UInt64, time: Timestamp, kind: StaticString, event: UnsafeRawBufferPointer, continues: Bool = false
    ) {
        if count == 0 {
            batch = min(mark.sequence + 1, sequence)
            firstSequence = sequence
        } else if sequence != lastSequence + 1 {
            isWhole = false
        }
        lastSequence = sequence
        count += 1
        openChange = continues
        let start = bytes.count
        bytes.append("{\"seq\":")
        bytes.append(decimal: sequence)
        bytes.append(",\"batch\":")
        bytes.append(decimal: batch)
        bytes.append(",\"time\":\"")
        append(time)
        bytes.append("\",\"kind\":\"")
        bytes.append(kind)
        bytes.append(continues ? "\",\"more\":true,\"event\":" : "\",\"event\":")
        LogLine.append(event, to: &bytes)
        LogLine.finish(&bytes, from: start)
    }

    /// As above, for an event held in an array.
    public mutating func add(
        sequence: UInt64, time: Timestamp, kind: StaticString, event: [UInt8], continues: Bool = false
    ) {
        event.withUnsafeBytes { add(sequence: sequence, time: time, kind: kind, event: $0, continues: continues) }
    }

    /// Whether a log whose last record is `last` can take this batch.
    func follows(_ last: UInt64) -> Bool { isWhole && !openChange && firstSequence == last + 1 }

    /// Most records of a batch share their second, so its text is made once.
    private mutating func append(_ time: Timestamp) {
        let now = time.ticks / Timestamp.ticksPerSecond
        if now != second {
            second = now
            secondText.removeAll(keepingCapacity: true)
            Timestamp(ticks: now * Timestamp.ticksPerSecond).append(to: &secondText)
            secondText.removeLast()
        }
        bytes.append(contentsOf: secondText)
        var fraction = time.ticks % Timestamp.ticksPerSecond
        if fraction != 0 {
            var width = 7
            while fraction % 10 == 0 {
                fraction /= 10
                width -= 1
            }
            bytes.append(UInt8(ascii: "."))
            bytes.append(decimal: fraction, width: width)
        }
        bytes.append(UInt8(ascii: "Z"))
    }
}
