import JSON
import TestSupport
import Testing
import Vocabulary

@testable import Hub
@testable import Journal

/// Random commands against a hub on a journal and against a naive model, compared after each command, and again after each
/// crash and replay.
@Suite struct HubModelTests {
    /// Small segments and snapshots, so that a few hundred commands pass through all of them.
    private static var small: JournalOptions {
        var options = JournalOptions()
        options.durability = .none
        options.firstSegmentBytes = 8 << 10
        options.segmentBytes = 16 << 10
        options.snapshotBytes = 32 << 10
        return options
    }

    @Test(arguments: 0..<12)
    func `Whatever is asked of it, the hub holds what the plain rules say, over crashes too`(_ seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let folder = TemporaryFolder()
        var run = try ModelRun(folder, Self.small)
        for round in 0..<300 {
            try run.step(&random)
            if random.below(40) == 0 {
                let crashed = folder.copied()
                // Half of a line that a crash cut short is no event.
                if random.below(2) == 0 { crashed.tear() }
                try run.compareAll("crash after round \(round)", with: ModelRun(crashed, Self.small, run.model))
            }
        }
        run.hub.close()
        try run.compareAll("stop", with: ModelRun(folder, Self.small, run.model))
        try Self.checkNumbers(in: folder)
    }

    @Test(arguments: 12..<16)
    func `A disk that is full now and then takes nothing that it refuses, and loses nothing that it took`(
        _ seed: Int
    ) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let folder = TemporaryFolder()
        let disk = FullDisk(SeededRandom(seed: UInt64(seed + 100)))
        var run = try ModelRun(folder, Self.small, disk: disk)
        for round in 0..<200 {
            try run.step(&random)
            if random.below(40) == 0 {
                try run.compareAll("crash after round \(round)", with: ModelRun(folder.copied(), Self.small, run.model))
            }
        }
        run.hub.close()
        try run.compareAll("stop", with: ModelRun(folder, Self.small, run.model))
        try Self.checkNumbers(in: folder)
    }

    /// A crash may take the end of the log away, as far as it was not acknowledged; a command of which a part is missing
    /// has never been.
    @Test(arguments: 16..<20)
    func `Wherever the log is cut, the hub stands as after one of its commands, and none is half applied`(
        _ seed: Int
    ) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let folder = TemporaryFolder()
        let options = JournalOptions()
        var run = try ModelRun(folder, options)
        for _ in 0..<120 { try run.step(&random) }
        var met: Set<UInt64> = []
        for cut in 0..<60 {
            let crashed = folder.copied()
            crashed.cut(leavesZeros: cut % 2 == 0) { length in random.below(length + 1) }
            let other = try Hub(log: Journal(folder: crashed.path, options: options))
            let sequence = UInt64(other.replay.records)
            other.close()
            guard let model = run.moments[sequence] else {
                Issue.record("event \(sequence) is in the midst of a command")
                continue
            }
            met.insert(sequence)
            try run.compareAll("cut after event \(sequence)", with: ModelRun(crashed, options, model))
        }
        // The cuts were many different ones.
        #expect(met.count > 20)
        run.hub.close()
    }

    /// Sequences of the log, and the versions of each twin in it, each rise by one.
    private static func checkNumbers(in folder: TemporaryFolder) throws {
        let log = try Journal(folder: folder.path, options: small)
        _ = try log.replay(NullVisitor())
        var records: [LogRecord] = []
        _ = try log.read(from: 1, limit: .max) {
            records.append($0)
            return true
        }
        #expect(records.map(\.sequence) == Array(1...log.lastSequence))
        var versions: [String: UInt64] = [:]
        for record in records {
            let event = try RecordedEvent(record)
            switch event.event {
            case .twinPatched(let id, _, let effect), .twinReplaced(let id, _, let effect),
                .twinReported(let id, _, let effect):
                #expect(effect.version == versions[id.key, default: 2] + 1, "\(id) in event \(record.sequence)")
                versions[id.key] = effect.version
            case .identityDeleted(let id, _, _): versions[id.key] = nil
            case .reset: versions = [:]
            default: break
            }
        }
        try log.close()
    }
}
