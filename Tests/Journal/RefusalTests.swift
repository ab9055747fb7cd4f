import Glibc
import Synchronization
import Testing

@testable import Journal

/// A disk that can be told to fail.
final class FailingDisk: Sendable {
    /// Bytes that a write still takes before it fails with ENOSPC; negative for no bound.
    let room = Atomic(-1)
    let failsSync = Atomic(false)

    var operations: FileOperations {
        FileOperations(
            write: { descriptor, bytes, offset in
                let room = self.room.load(ordering: .relaxed)
                guard room >= 0 else { return pwrite(descriptor, bytes.baseAddress, bytes.count, offset) }
                guard room > 0 else {
                    errno = ENOSPC
                    return -1
                }
                let count = pwrite(descriptor, bytes.baseAddress, min(bytes.count, room), offset)
                self.room.store(room - count, ordering: .relaxed)
                return count
            },
            sync: { descriptor in
                if self.failsSync.load(ordering: .relaxed) {
                    errno = EIO
                    return -1
                }
                return fdatasync(descriptor)
            })
    }
}

@Suite struct RefusalTests {
    @Test(arguments: [false, true])
    func `A full disk refuses a batch without a trace, and takes it when there is room`(isFilled: Bool) throws {
        let folder = TemporaryFolder()
        let disk = FailingDisk()
        var options = JournalOptions.tiny
        options.files = disk.operations
        options.segmentBytes = 1 << 16
        let (journal, _, _) = try Journal.opened(folder, options)
        var expected: [Event] = []
        func append(_ text: String) throws {
            try journal.append([text, text])
            for _ in 0..<2 { expected.append(Event(UInt64(expected.count + 1), text)) }
        }
        try append("\"first\"")
        if isFilled {
            while journal.position < 600 || journal.catalog.withLock({ $0.active?.number }) == 1 {
                try append("\"filler\"")
                journal.waitForFilling()
            }
        }
        for room in stride(from: 0, to: 210, by: 7) {
            disk.room.store(room, ordering: .relaxed)
            #expect(throws: LogFailure.self) { try journal.append(["\"lost \(room)\"", "\"lost\""]) }
            guard case .refusing(let reason) = journal.catalog.withLock({ $0.health }) else {
                Issue.record("health is \(journal.health)")
                return
            }
            #expect(reason.contains("No space left"))
            let copy = folder.copy()
            #expect(try Journal.opened(copy).1.events == expected)
            #expect(try journal.history(from: 1) == expected)
            disk.room.store(-1, ordering: .relaxed)
            try append("\"again \(room)\"")
            #expect(journal.health == .writable)
        }
        try journal.close()
        let (_, recorder, report) = try Journal.opened(folder)
        #expect(recorder.events == expected && report.tornTail == nil)
    }

    @Test func `A file that the system lets grow no further refuses as well, and goes on once it may`() async throws {
        let folder = TemporaryFolder()
        await #expect(processExitsWith: .success) { [path = folder.path as String] in
            signal(SIGXFSZ, SIG_IGN)
            let journal = try Journal(folder: path)
            _ = try journal.replayed()
            try journal.append(["\"first\""])
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            let before = limit.rlim_cur
            limit.rlim_cur = 200
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            let failure = #expect(throws: LogFailure.self) { try journal.append(["\"second\"", "\"third\""]) }
            #expect(failure?.description.contains("File too large") == true)
            limit.rlim_cur = before
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            try journal.append(["\"fourth\""])
            try journal.close()
        }
        let (_, recorder, report) = try Journal.opened(folder)
        #expect(recorder.events.map(\.body) == ["\"first\"", "\"fourth\""] && report.tornTail == nil)
    }

    @Test func `A failed sync ends all writing until a restart`() throws {
        let folder = TemporaryFolder()
        let disk = FailingDisk()
        var options = JournalOptions.tiny
        options.files = disk.operations
        let (journal, _, _) = try Journal.opened(folder, options)
        try journal.append(["1"])
        disk.failsSync.store(true, ordering: .relaxed)
        #expect(throws: LogFailure.self) { try journal.append(["2"]) }
        disk.failsSync.store(false, ordering: .relaxed)
        let failure = #expect(throws: LogFailure.self) { try journal.append(["2"]) }
        guard case .broken(let reason) = failure else {
            Issue.record("it went on: \(failure as Any)")
            return
        }
        #expect(reason.contains("Input/output error"))
        #expect(journal.health == .broken(reason: reason))
        #expect(try journal.history(from: 1).count == 1)
        try? journal.close()
        let (again, recorder, _) = try Journal.opened(folder)
        #expect(recorder.events.map(\.body) == ["1"])
        try again.append(["2"])
    }

    @Test func `A failed sync in the background stops the next append`() throws {
        let folder = TemporaryFolder()
        let disk = FailingDisk()
        var options = JournalOptions.tiny
        options.files = disk.operations
        options.durability = .interval
        let (journal, _, _) = try Journal.opened(folder, options)
        try journal.append(["1"])
        disk.failsSync.store(true, ordering: .relaxed)
        #expect(throws: LogFailure.self) { try journal.flush() }
        disk.failsSync.store(false, ordering: .relaxed)
        #expect(throws: LogFailure.self) { try journal.append(["2"]) }
        #expect(journal.health.reason != nil)
    }

    @Test func `A second log on a folder is told who has it`() throws {
        let folder = TemporaryFolder()
        let journal = try Journal(folder: folder.path)
        #expect(throws: LogFailure.locked(folder: folder.path, process: getpid())) {
            _ = try Journal(folder: folder.path)
        }
        try journal.close()
        _ = try Journal(folder: folder.path)
    }

    @Test func `Folders above are made, and an empty log costs a few bytes of disk`() throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/a/b"
        let journal = try Journal(folder: path)
        _ = try journal.replayed()
        try journal.append(["{}"])
        try journal.close()
        #expect(TemporaryFolder.names(in: path) == ["lock", "segment-00000001.jsonl"])
        TemporaryFolder.remove(path)
        TemporaryFolder.remove(folder.path + "/a")
    }
}
