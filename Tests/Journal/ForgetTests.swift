import Testing
import Vocabulary

@testable import Journal

@Suite struct ForgetTests {
    /// Two hours of a record a minute; every time counts from `someTime`.
    private func filled(_ log: some EventLog, waiting: () -> Void = {}) throws {
        for minute in 1...120 {
            var batch = log.makeBatch()
            batch.add(
                sequence: UInt64(minute), time: time(minute), kind: "test.happened",
                event: Array("{\"text\":\"\(String(repeating: "x", count: 80))\"}".utf8))
            try log.append(batch)
            waiting()
        }
    }

    private func time(_ minute: Int) -> Timestamp { someTime.adding(seconds: Double(minute) * 60) }

    /// The times of what is left.
    private func times(_ log: some EventLog) throws -> [Timestamp] {
        var times: [Timestamp] = []
        _ = try log.read(from: log.oldestSequence, limit: .max) {
            times.append($0.time)
            return true
        }
        return times
    }

    @Test(arguments: [false, true])
    func `A journal drops whole segments that are too old, compressed or not`(isCompressed: Bool) throws {
        let folder = TemporaryFolder()
        let (journal, _, _) = try Journal.opened(folder)
        try filled(journal, waiting: journal.waitForFilling)
        let before = folder.names
        try journal.snapshot(covering: 120, ["{}"])
        if isCompressed { try journal.compact() }
        journal.forget(before: time(60))
        try journal.compact()
        let times = try times(journal)
        #expect(journal.oldestSequence > 1 && times.first == time(Int(journal.oldestSequence)))
        #expect(try #require(times.first) <= time(60) && times.last == time(120))
        #expect(times.count == 120 - Int(journal.oldestSequence) + 1)
        #expect(folder.names.count < before.count + 1)
        #expect(throws: LogFailure.compacted(oldest: journal.oldestSequence)) { try journal.history(from: 1) }
        let oldest = journal.oldestSequence
        try journal.close()
        let (again, _, _) = try Journal.opened(folder)
        #expect(again.oldestSequence == oldest && again.lastSequence == 120)
    }

    @Test func `A journal keeps what its next start needs, however old`() throws {
        let folder = TemporaryFolder()
        let (journal, _, _) = try Journal.opened(folder)
        try filled(journal, waiting: journal.waitForFilling)
        journal.forget(before: time(1000))
        try journal.compact()
        #expect(journal.oldestSequence == 1)
        try journal.snapshot(covering: 50, ["{}"])
        journal.forget(before: time(1000))
        try journal.compact()
        #expect((2...51).contains(journal.oldestSequence))
        try journal.close()
        let (_, recorder, _) = try Journal.opened(folder)
        #expect(recorder.events.map(\.sequence) == Array(51...120))
    }

    @Test func `The segment that is written stays, however old`() throws {
        let folder = TemporaryFolder()
        let (journal, _, _) = try Journal.opened(folder)
        try filled(journal, waiting: journal.waitForFilling)
        try journal.snapshot(covering: 120, ["{}"])
        journal.forget(before: time(1000))
        try journal.compact()
        #expect(try times(journal).last == time(120))
        try journal.append(["{\"goes\":\"on\"}"])
        #expect(journal.lastSequence == 121)
    }

    @Test func `A log in memory forgets as well`() throws {
        let log = MemoryLog(keptBytes: 16 << 10)
        _ = try log.replayed()
        try filled(log)
        log.forget(before: time(60))
        let kept = log.oldestSequence
        try log.snapshot(covering: 120, ["{}"])
        log.forget(before: time(110))
        #expect(log.oldestSequence > kept && log.oldestSequence <= 110)
        #expect(try times(log).last == time(120))
    }
}
