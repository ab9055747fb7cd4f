import Glibc
import Testing
import Vocabulary

@testable import Journal

/// A process killed at each named point, and what the next start finds.
@Suite struct CrashPointTests {
    /// Appends, snapshots and compacts in the folder until the process dies, keeping count of what was acknowledged.
    static func work(in path: String) throws {
        let journal = try Journal(folder: path, options: .tiny)
        _ = try journal.replayed()
        let acknowledged = open(path + "/acknowledged", O_WRONLY | O_CREAT, 0o600)
        while journal.lastSequence < 600 {
            let next = journal.lastSequence + 1
            try journal.append(["{\"n\":\(next)}", "{\"n\":\(next + 1)}"], continues: true)
            _ = pwrite(acknowledged, [journal.lastSequence], 8, 0)
            journal.waitForFilling()
            if next % 100 < 2 {
                try journal.snapshot(covering: journal.lastSequence, ["\(journal.lastSequence)"])
                try journal.compact()
            }
        }
        try journal.close()
    }

    @Test(arguments: CrashPoint.allCases, [1, 2])
    func `A process killed at any named point loses nothing that was acknowledged`(
        point: CrashPoint, count: Int
    ) async throws {
        // A start passes the points of recovery only once.
        if [.recoveryBeforeCut, .recoveryAfterCut].contains(point), count > 1 { return }
        let folder = TemporaryFolder()
        let (journal, _, _) = try Journal.opened(folder)
        for number in 1...9 { try journal.append(["{\"n\":\(number)}"]) }
        try journal.close()
        folder.write(folder.bytes(TornTailTests.segment) + Array("{\"seq\":10,\"ba".utf8), to: TornTailTests.segment)
        folder.write([9, 0, 0, 0, 0, 0, 0, 0], to: "acknowledged")

        let path = folder.path
        let setting = "\(point.rawValue):\(count)"
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, setting = setting as String] in
            setenv(CrashPoint.variable, setting, 1)
            try CrashPointTests.work(in: path)
        }

        let acknowledged = folder.bytes("acknowledged").withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
        let (again, recorder, _) = try Journal.opened(folder)
        let last = again.lastSequence
        #expect(last >= acknowledged && last <= acknowledged + 2)
        let covering = recorder.covering ?? 0
        #expect(recorder.snapshot == (covering > 0 ? ["\(covering)"] : []))
        #expect(recorder.events == (covering..<last).map { Event($0 + 1, "{\"n\":\($0 + 1)}") })
        #expect(try again.history(from: 1) == (0..<last).map { Event($0 + 1, "{\"n\":\($0 + 1)}") })
        try again.append(["\"on\""])
        try again.compact()
        try again.close()
        let report = try Journal.verify(folder: folder.path)
        #expect(report.damage.isEmpty && report.tornTail == nil && report.lastSequence == last + 1)
        #expect(!folder.names.contains { $0.hasSuffix(".tmp") })
    }
}
