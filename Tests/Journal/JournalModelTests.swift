import Glibc
import Synchronization
import Testing

@testable import Journal

/// Random appends, segment changes, snapshots, compactions, restarts and crashes, compared with a plain list.
@Suite struct JournalModelTests {
    /// A small generator with a seed, so that a failure can be had again.
    struct Dice {
        var state: UInt64
        mutating func roll(_ sides: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % sides
        }
    }

    /// Copies the folder in the middle of a write: what a crash there leaves.
    final class Witness: Sendable {
        /// After how many bytes of the next write; negative for never.
        let crashAfter = Atomic(-1)
        let crash: @Sendable () -> Void

        init(crash: @escaping @Sendable () -> Void) { self.crash = crash }

        var operations: FileOperations {
            FileOperations(
                write: { descriptor, bytes, offset in
                    let after = self.crashAfter.exchange(-1, ordering: .relaxed)
                    guard after >= 0 else { return pwrite(descriptor, bytes.baseAddress, bytes.count, offset) }
                    let first = pwrite(descriptor, bytes.baseAddress, min(after, bytes.count), offset)
                    self.crash()
                    return first > 0 ? first : pwrite(descriptor, bytes.baseAddress, bytes.count, offset)
                },
                sync: { fdatasync($0) })
        }
    }

    @Test(arguments: 1...12)
    func `Whatever happens, the log is the list of what was appended`(seed: Int) throws {
        var dice = Dice(state: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15)
        let folder = TemporaryFolder()
        let path = folder.path
        let crashed = TemporaryFolder()
        let crashedPath = crashed.path
        let witness = Witness {
            for name in TemporaryFolder.names(in: crashedPath) { unlink(crashedPath + "/" + name) }
            let source = TemporaryFolder(at: path)
            let target = TemporaryFolder(at: crashedPath)
            for name in source.names where name != "lock" { target.write(source.bytes(name), to: name) }
            source.forget()
            target.forget()
        }
        var options = JournalOptions.tiny
        options.files = witness.operations
        options.durability = Durability.allCases[seed % 3]
        var model: [String] = []
        var journal = try Journal.opened(folder, options).journal

        func check(_ recorder: Recorder, _ expected: [String], _ comment: Comment) {
            let covering = Int(recorder.covering ?? 0)
            #expect(recorder.snapshot == Array(expected.prefix(covering)), comment)
            #expect(recorder.events.map(\.body) == Array(expected.dropFirst(covering)), comment)
            #expect(recorder.events.first.map { $0.sequence == covering + 1 } ?? true, comment)
        }

        for step in 0..<150 {
            let comment: Comment = "seed \(seed), step \(step)"
            switch dice.roll(20) {
            case 0:
                try journal.close()
                let (next, recorder, report) = try Journal.opened(folder, options)
                #expect(report.tornTail == nil, comment)
                check(recorder, model, comment)
                journal = next
            case 1:
                let covering = model.count - dice.roll(min(model.count, 5) + 1)
                guard covering > Int(journal.catalog.withLock { $0.snapshotCovering }) else { continue }
                try journal.snapshot(covering: UInt64(covering), Array(model.prefix(covering)))
                try journal.compact()
            case 2:
                guard !model.isEmpty else { continue }
                let first = dice.roll(model.count)
                #expect(try journal.history(from: UInt64(first + 1)).map(\.body) == Array(model[first...]), comment)
            default:
                let change = dice.roll(2) == 0
                let bodies = (0...dice.roll(4)).map { _ in
                    "{\"s\":\(step),\"x\":\"" + String(repeating: "x", count: dice.roll(120)) + "\"}"
                }
                let crashes = dice.roll(4) == 0
                let bytes = bodies.reduce(0) { $0 + $1.utf8.count + 95 }
                if crashes { witness.crashAfter.store(dice.roll(bytes), ordering: .relaxed) }
                journal.waitForFilling()
                try journal.append(bodies, continues: change)
                if crashes {
                    let (other, recorder, _) = try Journal.opened(crashed)
                    try other.close()
                    let kept = Int(recorder.covering ?? 0) + recorder.events.count - model.count
                    #expect(kept >= 0 && kept <= bodies.count, comment)
                    if change { #expect(kept == 0 || kept == bodies.count, comment) }
                    check(recorder, model + bodies.prefix(max(kept, 0)), comment)
                }
                model += bodies
            }
        }
        try journal.close()
        check(try Journal.opened(folder).1, model, "at the end")
    }
}
