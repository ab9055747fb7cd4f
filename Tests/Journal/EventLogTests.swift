import Journal
import Testing
import Vocabulary

/// What every log does, whatever it is made of.
@Suite struct EventLogTests {
    enum Kind: String, CaseIterable {
        case memory, journal
    }

    /// A log, and how to start it anew as after a restart.
    struct Subject {
        var log: any EventLog
        var restart: () throws -> any EventLog
        var folder: TemporaryFolder?
    }

    func subject(_ kind: Kind) throws -> Subject {
        switch kind {
        case .memory:
            let log = MemoryLog()
            return Subject(log: log, restart: { log })
        case .journal:
            let folder = TemporaryFolder()
            let log = try Journal(folder: folder.path, options: .tiny)
            return Subject(
                log: log,
                restart: {
                    try log.close()
                    return try Journal(folder: folder.path, options: .tiny)
                }, folder: folder)
        }
    }

    @Test(arguments: Kind.allCases) func `A new log is empty and takes records from 1 on`(kind: Kind) throws {
        let subject = try subject(kind)
        let (recorder, report) = try subject.log.replayed()
        #expect(recorder.events.isEmpty && report == ReplayReport())
        #expect(subject.log.lastSequence == 0 && subject.log.oldestSequence == 1)
        try subject.log.append(["{}"])
        #expect(subject.log.lastSequence == 1 && subject.log.oldestSequence == 1)
        #expect(subject.log.health == .writable)
    }

    @Test(arguments: Kind.allCases) func `What was appended is replayed and read`(kind: Kind) throws {
        let subject = try subject(kind)
        _ = try subject.log.replayed()
        var expected: [Event] = []
        for number in 1...300 {
            let bodies = (0..<number % 4 + 1).map { "{\"n\":\(number),\"i\":\($0),\"text\":\"a\\n\\\"é\"}" }
            for body in bodies { expected.append(Event(UInt64(expected.count + 1), body)) }
            try subject.log.append(bodies)
        }
        #expect(try subject.log.history(from: 1) == expected)
        #expect(try subject.log.history(from: 100, limit: 7) == Array(expected[99..<106]))
        #expect(try subject.log.history(from: subject.log.lastSequence + 1).isEmpty)
        let again = try subject.restart()
        let (recorder, report) = try again.replayed()
        #expect(recorder.events == expected)
        #expect(report.records == expected.count && report.tornTail == nil)
        #expect(again.lastSequence == UInt64(expected.count))
    }

    @Test(arguments: Kind.allCases) func `A read ends where the visitor says so`(kind: Kind) throws {
        let subject = try subject(kind)
        _ = try subject.log.replayed()
        try subject.log.append(["1", "2", "3", "4"])
        var seen: [String] = []
        let next = try subject.log.read(from: 2, limit: 9) {
            seen.append($0.event.text)
            return seen.count < 2
        }
        #expect(seen == ["2", "3"] && next == 4)
    }

    @Test(arguments: Kind.allCases) func `A snapshot takes the place of the records it covers`(kind: Kind) throws {
        let subject = try subject(kind)
        _ = try subject.log.replayed()
        for number in 1...50 { try subject.log.append(["{\"n\":\(number)}"]) }
        let writer = try subject.log.beginSnapshot(covering: 40, at: someTime)
        try writer.append(Array("{\"state\":\n40}".utf8))
        try subject.log.append(["{\"n\":51}"])
        #expect(throws: LogFailure.misused(reason: "a snapshot is being written")) {
            _ = try subject.log.beginSnapshot(covering: 41, at: someTime)
        }
        try writer.append(Array("\"second\"".utf8))
        try writer.commit()
        let again = try subject.restart()
        let (recorder, report) = try again.replayed()
        #expect(recorder.covering == 40)
        #expect(recorder.snapshot == ["{\"state\": 40}", "\"second\""])
        #expect(report.snapshotLines == 2 && report.snapshotCovering == 40)
        #expect(recorder.events.map(\.sequence) == Array(41...51))
        try again.snapshot(covering: 51, [])
        #expect(again.lastSequence == 51)
    }

    @Test(arguments: Kind.allCases) func `A cancelled or forgotten snapshot leaves no trace`(kind: Kind) throws {
        let subject = try subject(kind)
        _ = try subject.log.replayed()
        try subject.log.append(["1", "2"])
        try subject.log.beginSnapshot(covering: 2, at: someTime).cancel()
        _ = try subject.log.beginSnapshot(covering: 2, at: someTime)
        let (recorder, _) = try subject.restart().replayed()
        #expect(recorder.covering == nil && recorder.events.count == 2)
    }

    @Test(arguments: Kind.allCases) func `Sequence numbers must go on without a gap`(kind: Kind) throws {
        let subject = try subject(kind)
        let log = subject.log
        _ = try log.replayed()
        var batch = log.makeBatch()
        batch.add(sequence: 2, time: someTime, kind: "a", event: Array("{}".utf8))
        #expect(throws: LogFailure.misused(reason: "the batch does not continue record 0")) { try log.append(batch) }
        batch.removeAll()
        batch.add(sequence: 1, time: someTime, kind: "a", event: Array("{}".utf8))
        batch.add(sequence: 3, time: someTime, kind: "a", event: Array("{}".utf8))
        #expect(throws: LogFailure.self) { try log.append(batch) }
        try log.append(["{}"])
    }

    @Test func `A log in memory keeps what its bound allows and says where it begins`() throws {
        let log = MemoryLog(keptBytes: 1000)
        for number in 1...100 { try log.append(["{\"n\":\(number)}"]) }
        let oldest = log.oldestSequence
        #expect(oldest > 80 && oldest < 100)
        #expect(throws: LogFailure.compacted(oldest: oldest)) { try log.history(from: oldest - 1) }
        #expect(try log.history(from: oldest).count == Int(101 - oldest))
    }
}
