import Synchronization
import Testing

@testable import Journal

/// How a snapshot of many lines is read: in pieces, in order where order is asked for, and by several threads where it is not.
@Suite struct SnapshotReadingTests {
    /// Lines that fill several pieces: short ones, some that end with a piece or go on into the next, one of several pieces.
    private static let lines: [String] = (0..<12_000).map { number in
        let length = number == 5_000 ? 3 * SnapshotPieces.pieceBytes : number * 7_919 % 240
        return "\"\(number) \(String(repeating: "x", count: length))\""
    }

    private func folder(_ lines: [String]) throws -> TemporaryFolder {
        let folder = TemporaryFolder()
        let (journal, _, _) = try Journal.opened(folder)
        try journal.append(["{}"])
        try journal.snapshot(covering: 1, lines)
        try journal.close()
        return folder
    }

    @Test("What is written is read, line by line and in order, wherever pieces of the file end")
    func inOrder() throws {
        let folder = try folder(Self.lines)
        let (_, recorder, report) = try Journal.opened(folder)
        #expect(recorder.snapshot == Self.lines)
        #expect(report.snapshotLines == Self.lines.count)
    }

    @Test("Of what may come in any order nothing is left out, and what waits comes in order, after the first piece")
    func byIntake() throws {
        let folder = try folder(Self.lines)
        let journal = try Journal(folder: folder.path, options: .tiny)
        let visitor = Sorting()
        let report = try journal.replay(visitor)
        #expect(report.snapshotLines == Self.lines.count)
        // The first piece is visited whole; of the others every third line waits.
        let first = visitor.linesBefore
        #expect(first > 0 && first < Self.lines.count / 2)
        let waiting = Self.lines[..<first] + Self.lines[first...].filter(Sorting.waits)
        #expect(visitor.visited == Array(waiting))
        let taken = visitor.sink.taken.withLock { $0 }
        #expect(taken.sorted() == Self.lines[first...].filter { !Sorting.waits($0) }.sorted())
    }

    @Test("Damage is told with its line, the first where there is more than one", arguments: [false, true])
    func damaged(hasIntake: Bool) throws {
        for places in [[3], [7_000], [11_998, 6_000], [1]] {
            let folder = try folder(Self.lines)
            let name = LogFolder.snapshot(1)
            var bytes = folder.bytes(name)
            for place in places {
                let text = Array("\"\(place) ".utf8)
                let found = try #require(bytes.firstRange(of: text)).lowerBound
                bytes[found + 1] ^= 1
            }
            folder.write(bytes, to: name)
            let journal = try Journal(folder: folder.path, options: .tiny)
            let damage = damage { _ = try hasIntake ? journal.replay(Sorting()) : journal.replay(Recorder()) }
            // Behind the line that names the snapshot, and counted from 1.
            let first = try #require(places.min())
            #expect(damage?.file == name && damage?.line == first + 2, "\(places)")
        }
    }

    @Test("What is said against a line is told with its place, whoever says it", arguments: [4, 9_001, 9_002])
    func refused(place: Int) throws {
        let folder = try folder(Self.lines)
        let journal = try Journal(folder: folder.path, options: .tiny)
        let damage = damage { _ = try journal.replay(Sorting(refusing: Self.lines[place])) }
        #expect(damage?.line == place + 2)
        #expect(damage?.reason.contains("Refused") == true)
    }

    @Test("A file that lacks lines, or has other ones in between, is no snapshot", arguments: [false, true])
    func incomplete(hasIntake: Bool) throws {
        let folder = try folder(Self.lines)
        let name = LogFolder.snapshot(1)
        let whole = folder.bytes(name)
        let newlines = whole.indices.filter { whole[$0] == LogLine.newline }
        let missing = Array(whole[...newlines[8_000]] + whole[(newlines[8_001] + 1)...])
        // The first line once more.
        let foreign = Array(whole[...newlines[8_000]] + whole[...newlines[0]] + whole[(newlines[8_001] + 1)...])
        for bytes in [missing, foreign] {
            folder.write(bytes, to: name)
            let journal = try Journal(folder: folder.path, options: .tiny)
            #expect(damage { _ = try hasIntake ? journal.replay(Sorting()) : journal.replay(Recorder()) } != nil)
        }
    }
}

/// Takes in what need not wait, and visits what does: every third line.
private final class Sorting: LogVisitor {
    final class Sink: SnapshotIntake {
        let taken = Mutex<[String]>([])
        let refused: String?

        init(refusing refused: String?) { self.refused = refused }

        func take(_ lines: SnapshotLines) throws -> [LogSlice] {
            var waiting: [LogSlice] = []
            try lines.forEach { line, place in
                let text = String(decoding: line, as: UTF8.self)
                if text == refused { throw Refused() }
                if Sorting.waits(text) {
                    waiting.append(place.slice(of: lines.owner))
                } else {
                    taken.withLock { $0.append(text) }
                }
            }
            return waiting
        }
    }

    let sink: Sink
    private(set) var visited: [String] = []
    /// Those that were visited before anybody else was asked.
    private(set) var linesBefore = 0

    init(refusing refused: String? = nil) { sink = Sink(refusing: refused) }

    static func waits(_ line: String) -> Bool {
        (line.dropFirst().split(separator: " ").first?.utf8.last ?? 0) % 3 == 0
    }

    var intake: (any SnapshotIntake)? {
        linesBefore = visited.count
        return sink
    }

    func beginSnapshot(covering sequence: UInt64, lines: Int) {}
    func visitSnapshotLine(_ line: LogSlice) throws {
        if line.text == sink.refused { throw Refused() }
        visited.append(line.text)
    }
    func visit(_ record: LogRecord) {}
}

private struct Refused: Error {}
