import Glibc
import Testing

@testable import Journal

@Suite struct HistoryTests {
    /// A log of several segments, some of them compressed.
    static func compacted(_ folder: TemporaryFolder, options: JournalOptions = .tiny) throws -> (Journal, [Event]) {
        let (journal, _, _) = try Journal.opened(folder, options)
        for number in 1...400 {
            try journal.append(["{\"n\":\(number)}"])
            journal.waitForFilling()
            if number % 150 == 0 {
                try journal.snapshot(covering: UInt64(number), ["\(number)"])
                try journal.compact()
            }
        }
        return (journal, (1...400).map { Event(UInt64($0), "{\"n\":\($0)}") })
    }

    @Test func `History reads on through compressed segments from any record`() throws {
        let folder = TemporaryFolder()
        let (journal, events) = try Self.compacted(folder)
        let compressed = folder.names.filter { $0.hasSuffix(".gz") }
        #expect(compressed.count > 3)
        #expect(!folder.names.contains { $0.hasSuffix(".tmp") })
        #expect(folder.names.filter { $0.hasPrefix("snapshot-") } == ["snapshot-00000000000000000300.jsonl"])
        for first in stride(from: 1, through: 401, by: 13) {
            #expect(try journal.history(from: UInt64(first)) == Array(events[(first - 1)...]))
            #expect(try journal.history(from: UInt64(first), limit: 40) == Array(events[(first - 1)...].prefix(40)))
        }
        try journal.close()
        let (again, recorder, _) = try Journal.opened(folder)
        #expect(recorder.covering == 300 && recorder.snapshot == ["300"])
        #expect(recorder.events == Array(events[300...]))
        #expect(try again.history(from: 1) == events)
    }

    @Test func `A compressed segment is text to any gzip reader`() throws {
        let folder = TemporaryFolder()
        let (journal, _) = try Self.compacted(folder)
        try journal.close()
        let name = try #require(folder.names.first { $0.hasSuffix(".gz") })
        let pipe = try #require(popen("zcat \(folder.path)/\(name) | head -c 200000", "r"))
        defer { pclose(pipe) }
        var text = [UInt8](repeating: 0, count: 200_000)
        let count = fread(&text, 1, text.count, pipe)
        let lines = String(decoding: text[..<count], as: UTF8.self).split(separator: "\n")
        #expect(lines.count > 5 && lines.allSatisfy { $0.hasPrefix("{\"seq\":") && $0.hasSuffix("\"}") })
    }

    @Test func `Several members of one segment are each found by their first record`() throws {
        let folder = TemporaryFolder()
        var options = JournalOptions()
        options.firstSegmentBytes = 3 << 20
        let (journal, _, _) = try Journal.opened(folder, options)
        let filler = String(repeating: "x", count: 20_000)
        for number in 1...260 {
            try journal.append(["{\"n\":\(number),\"text\":\"\(filler)\"}"])
            journal.waitForFilling()
        }
        try journal.snapshot(covering: 260, [])
        try journal.compact()
        let segment = try CompressedSegment(1, in: journal.folder)
        #expect(try segment.members().count > 2)
        for first in [1, 50, 53, 54, 100, 159, 200, 260] as [UInt64] {
            let found = try journal.history(from: first, limit: 3)
            #expect(found.map(\.sequence) == Array(first...min(first + 2, 260)))
        }
    }

    @Test func `History beyond its bound goes, oldest first, and says where it begins`() throws {
        let folder = TemporaryFolder()
        var options = JournalOptions.tiny
        options.historyBytes = 1500
        let (journal, events) = try Self.compacted(folder, options: options)
        let oldest = journal.oldestSequence
        #expect(oldest > 1 && oldest <= 301)
        #expect(throws: LogFailure.compacted(oldest: oldest)) { try journal.history(from: oldest - 1) }
        #expect(try journal.history(from: oldest) == Array(events[(Int(oldest) - 1)...]))
        try journal.close()
        #expect(try Journal.opened(folder).journal.oldestSequence == oldest)
    }

    @Test func `A snapshot is due once enough was appended, and not while one is written`() throws {
        let folder = TemporaryFolder()
        let (journal, _, _) = try Journal.opened(folder)
        var appended = 0
        while !journal.snapshotDue, appended < 100 {
            try journal.append(["{\"n\":\(appended)}"])
            appended += 1
        }
        #expect(appended > 5 && appended < 60)
        let writer = try journal.beginSnapshot(covering: journal.lastSequence, at: someTime)
        #expect(!journal.snapshotDue)
        try writer.commit()
        #expect(!journal.snapshotDue)
    }

    @Test func `What an interrupted compaction or snapshot left does no harm`() throws {
        let folder = TemporaryFolder()
        let (journal, events) = try Self.compacted(folder)
        try journal.close()
        let copy = folder.copy()
        let compressed = try #require(folder.names.last { $0.hasSuffix(".gz") })
        // Its plain form as it was before: a crash between renaming and removing.
        let number = try #require(Int(compressed.dropFirst(8).prefix(8)))
        let segment = try CompressedSegment(number, in: LogFolder(path: folder.path))
        var text: [UInt8] = []
        for member in try segment.members() {
            let unpacked = try segment.text(of: member)
            text += LogSlice(owner: unpacked, offset: 0, count: unpacked.bytes.count).array
        }
        copy.write(text, to: LogFolder.segment(number))
        copy.write([1, 2, 3], to: "segment-00000001.jsonl.gz.tmp")
        copy.write([1, 2, 3], to: "snapshot-00000000000000000390.jsonl.tmp")
        copy.write(copy.bytes("snapshot-00000000000000000300.jsonl"), to: "snapshot-00000000000000000150.jsonl")
        let (again, recorder, _) = try Journal.opened(copy)
        #expect(recorder.covering == 300 && recorder.events == Array(events[300...]))
        #expect(try again.history(from: 1) == events)
        try again.compact()
        #expect(try again.history(from: 1) == events)
        #expect(!copy.names.contains { $0.hasSuffix(".tmp") || $0.hasPrefix("snapshot-00000000000000000150") })
        #expect(!copy.names.contains(LogFolder.segment(number)))
    }
}
