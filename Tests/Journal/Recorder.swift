import Vocabulary

@testable import Journal

/// An event as the tests see it.
struct Event: Hashable {
    var sequence: UInt64
    var kind: String
    var body: String

    init(_ record: LogRecord) {
        sequence = record.sequence
        kind = record.kind
        body = record.event.text
    }

    init(_ sequence: UInt64, _ body: String, kind: String = "test.happened") {
        self.sequence = sequence
        self.body = body
        self.kind = kind
    }
}

/// Keeps what a replay shows it.
final class Recorder: LogVisitor {
    var covering: UInt64?
    var snapshot: [String] = []
    var events: [Event] = []

    func beginSnapshot(covering sequence: UInt64, lines: Int) { covering = sequence }
    func visitSnapshotLine(_ line: LogSlice) { snapshot.append(line.text) }
    func visit(_ record: LogRecord) { events.append(Event(record)) }
}

let someTime = Timestamp(unixSeconds: 1_790_000_000, nanoseconds: 123_000_000)

extension EventLog {
    /// Appends one batch of these bodies.
    func append(_ bodies: [String], continues: Bool = false) throws(LogFailure) {
        var batch = makeBatch()
        for (index, body) in bodies.enumerated() {
            batch.add(
                sequence: lastSequence + 1 + UInt64(index), time: someTime, kind: "test.happened",
                event: Array(body.utf8), continues: continues && index + 1 < bodies.count)
        }
        try append(batch)
    }

    func replayed() throws(LogFailure) -> (Recorder, ReplayReport) {
        let recorder = Recorder()
        let report = try replay(recorder)
        return (recorder, report)
    }

    func history(from sequence: UInt64, limit: Int = .max) throws(LogFailure) -> [Event] {
        var events: [Event] = []
        _ = try read(from: sequence, limit: limit) {
            events.append(Event($0))
            return true
        }
        return events
    }

    func snapshot(covering sequence: UInt64, _ lines: [String]) throws(LogFailure) {
        let writer = try beginSnapshot(covering: sequence, at: someTime)
        for line in lines { try writer.append(Array(line.utf8)) }
        try writer.commit()
    }
}

extension Journal {
    /// Opens a folder and replays it.
    static func opened(
        _ folder: TemporaryFolder, _ options: JournalOptions = .tiny
    ) throws(LogFailure) -> (journal: Journal, Recorder, ReplayReport) {
        let journal = try Journal(folder: folder.path, options: options)
        let (recorder, report) = try journal.replayed()
        return (journal, recorder, report)
    }

    /// Waits for the segment that is being made ahead.
    func waitForFilling() { filling.sync {} }
}

extension JournalOptions {
    /// Segments of a few kibibytes.
    static var tiny: JournalOptions {
        var options = JournalOptions()
        options.segmentBytes = 4096
        options.firstSegmentBytes = 1024
        options.snapshotBytes = 2048
        return options
    }
}

/// The damage that this runs into; nil where it runs into none.
func damage(_ body: () throws -> Void) -> LogDamage? {
    do { try body() } catch {
        if case .damaged(let damage)? = error as? LogFailure { return damage }
    }
    return nil
}
