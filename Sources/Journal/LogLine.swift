import Glibc
import Vocabulary

/// How a line is framed, in segments and in snapshots.
///
///     {"seq":12,"batch":11,"time":"2026-01-02T03:04:05.678Z","kind":"twin.patched","event":{…},"crc":"0123abcd"}
///     {"snap":…,"crc":"0123abcd"}
///
/// The members stand in this order without white space, so that a line can be indexed without a JSON parser. `crc` is
/// crc32c, in 8 lower-case hexadecimal digits, over the bytes of the line before `,"crc":`.
///
/// `batch` is a promise about the past: when this line was written, every record before sequence `batch` was on the disk.
/// With one sync a batch it is the sequence of the batch's first record; where the disk follows later it stays behind.
/// So a line that cannot be read, which should have been record s, was lost in a crash only if no readable line after it
/// says `batch` > s. One that does proves that s had been written in full, and has been damaged since.
///
/// `"more":true` stands before `event` where the next record belongs to the same change: a change is replayed whole
/// or not at all.
enum LogLine {
    /// The bytes from `,"crc":"` to the closing brace.
    static let suffixCount = 18
    static let newline = UInt8(ascii: "\n")
    static let crcKey: StaticString = ",\"crc\":\""

    /// What one reads of a record without parsing its event; ranges count from the line's start.
    struct Fields: Sendable {
        var sequence: UInt64
        var batch: UInt64
        var continues: Bool
        var time: Range<Int>
        var kind: Range<Int>
        var event: Range<Int>
        var length: Int
    }

    /// Completes the line that begins at `start`: checksum, brace, newline.
    static func finish(_ buffer: inout [UInt8], from start: Int) {
        let crc = buffer.withUnsafeBytes { CRC32C.checksum(UnsafeRawBufferPointer(rebasing: $0[start...])) }
        buffer.append(crcKey)
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 11) { tail in
            for position in 0..<8 { tail[position] = digit(crc >> UInt32(28 - 4 * position) & 15) }
            tail[8] = UInt8(ascii: "\"")
            tail[9] = UInt8(ascii: "}")
            tail[10] = newline
            buffer.append(contentsOf: UnsafeBufferPointer(tail))
        }
    }

    @inline(__always)
    private static func digit(_ value: UInt32) -> UInt8 {
        UInt8(truncatingIfNeeded: value) + (value < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
    }

    /// Appends JSON whose tokens may be set apart by newlines, which become spaces: in JSON a raw newline can only be
    /// white space, and here it would end the line.
    static func append(_ json: UnsafeRawBufferPointer, to buffer: inout [UInt8]) {
        let start = buffer.count
        buffer.append(contentsOf: json)
        guard let base = json.baseAddress, memchr(base, Int32(newline), json.count) != nil else { return }
        for index in start..<buffer.count where buffer[index] == newline { buffer[index] = UInt8(ascii: " ") }
    }

    /// Whether the line, given without its newline, ends in its own checksum.
    @inline(__always)
    static func isIntact(_ line: UnsafeRawBufferPointer) -> Bool {
        let body = line.count - suffixCount
        guard body > 0, let base = line.baseAddress else { return false }
        guard memcmp(base + body, crcKey.utf8Start, 8) == 0, line[line.count - 2] == UInt8(ascii: "\""),
            line[line.count - 1] == UInt8(ascii: "}")
        else { return false }
        var written: UInt32 = 0
        for position in 0..<8 {
            let digit = line[body + 8 + position]
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): written = written << 4 | UInt32(digit &- UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"):
                written = written << 4 | UInt32(digit &- UInt8(ascii: "a") &+ 10)
            default: return false
            }
        }
        return CRC32C.checksum(UnsafeRawBufferPointer(rebasing: line[..<body])) == written
    }

    /// Reads an intact line's members; nil where it is no record.
    @inline(__always)
    static func fields(of line: UnsafeRawBufferPointer) -> Fields? {
        var cursor = LineCursor(line)
        guard cursor.skip("{\"seq\":"), let sequence = cursor.number(), cursor.skip(",\"batch\":"),
            let batch = cursor.number(), cursor.skip(",\"time\":\""), let time = cursor.untilQuote(),
            cursor.skip(",\"kind\":\""), let kind = cursor.untilQuote(), cursor.skip(",")
        else { return nil }
        let continues = cursor.skip("\"more\":true,")
        guard cursor.skip("\"event\":") else { return nil }
        let end = line.count - suffixCount
        guard cursor.position < end, batch >= 1, batch <= sequence else { return nil }
        return Fields(
            sequence: sequence, batch: batch, continues: continues, time: time, kind: kind,
            event: cursor.position..<end, length: line.count)
    }
}
