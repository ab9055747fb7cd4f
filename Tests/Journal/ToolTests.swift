import Testing

@testable import Journal

@Suite struct ToolTests {
    @Test func `A sound log is said to be sound, file by file`() throws {
        let folder = TemporaryFolder()
        let (journal, _) = try HistoryTests.compacted(folder)
        try journal.close()
        let report = try Journal.verify(folder: folder.path)
        #expect(report.damage.isEmpty && report.tornTail == nil)
        #expect(report.records == 400 && report.lastSequence == 400)
        #expect(Set(report.files.map(\.name)) == Set(folder.names.filter { $0 != "lock" }))
        var lines: [String] = []
        try Journal.dump(folder: folder.path, from: 140) {
            lines.append($0.text.text)
            return lines.count < 200
        }
        #expect(lines.count == 200 && lines[0].hasPrefix("{\"seq\":140,"))
        try Journal.compact(folder: folder.path)
        #expect(try Journal.verify(folder: folder.path).records == 400)
    }

    @Test(arguments: ["9223372036854775808", "18446744073709551615", "9223372036854775807", "99999999999999999999"])
    func `A name with a number that no segment has is left alone`(number: String) throws {
        let folder = TemporaryFolder()
        var (journal, _) = try HistoryTests.compacted(folder)
        try journal.close()
        let strangers = ["segment-\(number).jsonl", "segment-\(number).jsonl.gz"]
        for name in strangers { folder.write(Array("{}".utf8), to: name) }
        journal = try Journal(folder: folder.path)
        _ = try journal.replay(NullVisitor())
        #expect(journal.lastSequence == 400)
        try journal.close()
        #expect(Set(strangers).isSubset(of: folder.names))
    }

    @Test func `Room that no number can say is as much as there can be`() {
        #expect(Journal.bytes(of: 3, blocksOf: 4096) == 12_288)
        #expect(Journal.bytes(of: 0, blocksOf: 4096) == 0)
        #expect(Journal.bytes(of: 1 << 51, blocksOf: 4096) == .max)
        #expect(Journal.bytes(of: .max, blocksOf: .max) == .max)
    }

    @Test func `A changed byte in any file is found`() throws {
        let folder = TemporaryFolder()
        let (journal, _) = try HistoryTests.compacted(folder)
        try journal.close()
        let last = try #require(folder.names.last { $0.hasPrefix("segment-") })
        for name in folder.names where name != "lock" && name != last {
            let bytes = folder.bytes(name)
            for index in stride(from: 13, to: bytes.count - 9, by: max(bytes.count / 7, 1)) {
                let copy = folder.copy()
                var damaged = bytes
                damaged[index] ^= 0x02
                copy.write(damaged, to: name)
                let report = try Journal.verify(folder: copy.path)
                #expect(report.damage.first?.file == name, "byte \(index) of \(name)")
            }
        }
    }

    @Test func `After a repair the log starts at the state before the damage, and nothing is thrown away`() throws {
        let folder = TemporaryFolder()
        let (journal, events) = try HistoryTests.compacted(folder)
        try journal.close()
        for name in folder.names where name != "lock" {
            let copy = folder.copy()
            var damaged = copy.bytes(name)
            damaged[damaged.count / 3] ^= 0x10
            copy.write(damaged, to: name)
            let report = try Journal.repair(folder: copy.path, at: someTime)
            #expect(try Journal.verify(folder: copy.path).damage.isEmpty, "\(name)")
            let (again, recorder, _) = try Journal.opened(copy)
            #expect(recorder.covering == 300, "\(name)")
            #expect(recorder.events == Array(events[300...].prefix(recorder.events.count)), "\(name)")
            if !report.changes.isEmpty {
                #expect(report.setAside.contains { copy.bytes($0) == damaged }, "\(name)")
            }
            try again.append(["\"on\""])
            try again.close()
        }
    }

    @Test func `A repair leaves a sound log as it is`() throws {
        let folder = TemporaryFolder()
        let (journal, _) = try HistoryTests.compacted(folder)
        try journal.close()
        let before = folder.names.map { folder.bytes($0) }
        #expect(try Journal.repair(folder: folder.path, at: someTime) == RepairReport())
        #expect(folder.names.filter { $0 != "lock" }.map { folder.bytes($0) } == Array(before.dropFirst()))
    }
}
