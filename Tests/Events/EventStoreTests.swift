import Dispatch
import Glibc
import JSON
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import Events
@testable import Journal

@Suite struct EventStoreTests {
    @Test func `Events are read in the order in which they were handed over, by whoever follows`() throws {
        let store = try EventStore(log: MemoryLog())
        for number in 1...50 {
            #expect(store.appendAndWait([message("{\"n\":\(number)}"), message("[\(number)]")]) == nil)
        }
        #expect(store.bodies == (1...50).flatMap { ["{\"n\":\($0)}", "[\($0)]"] })
        #expect(store.documents().map { $0["sequence"]?.int } == (1...100).map { Int64($0) })
        #expect(store.lastSequence == 100 && store.oldestSequence == 1)
    }

    @Test func `A notification shows every member, and the record of the hub that it tells of`() throws {
        let store = try EventStore(log: MemoryLog())
        let told = [(UInt64(7), notification("{\"a\": 1.0}", of: "d1/m1")), (UInt64(8), notification("[]"))]
        #expect(store.appendAndWait(told, tellingThrough: 9) == nil)
        let documents = store.documents()
        try #require(documents.count == 2)
        #expect(
            String(decoding: documents[0].raw, as: UTF8.self) == """
                {"sequence":1,"enqueuedTime":"2026-09-21T14:13:20.123Z","source":"twinChangeEvents","deviceId":"d1",\
                "moduleId":"m1","hubSequence":7,"systemProperties":{"content-type":"application/json",\
                "content-encoding":"utf-8","correlation-id":"c","user-id":"hub","iothub-connection-device-id":"d1",\
                "iothub-connection-module-id":"m1","iothub-enqueuedtime":"2026-09-21T14:13:20.123Z",\
                "iothub-message-source":"twinChangeEvents"},"properties":{"hubName":"hub","deviceId":"d1",\
                "moduleId":"m1","operationTimestamp":"2026-09-21T14:13:20.1230000Z",\
                "iothub-message-schema":"twinChangeNotification","opType":"updateTwin"},"body":{"a": 1.0}}
                """)
        #expect(documents[1]["moduleId"]?.isNull == true && documents[1]["hubSequence"]?.int == 8)
        #expect(documents[1]["properties"]?["moduleId"] == nil)
        #expect(store.hubSequence == 9)
    }

    @Test func `After the process has died acknowledged events are there, and sequences go on`() throws {
        let folder = TemporaryFolder()
        let options = JournalOptions.events(EventRetention(), durability: .interval)
        var store: EventStore? = try EventStore(log: Journal(folder: folder.path, options: options))
        for number in 1...30 { #expect(store?.appendAndWait([message("\(number)")]) == nil) }
        #expect(store?.appendAndWait([(41, notification("31"))], tellingThrough: 41) == nil)
        // As by kill -9: nothing is closed, another process has the folder's files.
        let copy = TemporaryFolder()
        try copyFiles(from: folder, to: copy)
        store = nil
        let again = try EventStore(log: Journal(folder: copy.path, options: options))
        #expect(again.bodies == (1...31).map { "\($0)" })
        #expect(again.lastSequence == 31 && again.hubSequence == 41)
        #expect(again.appendAndWait([message("32")]) == nil)
        #expect(again.documents(after: 31).first?["sequence"]?.int == 32)
    }

    @Test func `What tells of one change is there whole or not at all, wherever the end was torn off`() throws {
        let folder = TemporaryFolder()
        let options = JournalOptions.events(EventRetention(), durability: .none)
        let store = try EventStore(log: Journal(folder: folder.path, options: options))
        #expect(store.appendAndWait([message("1")]) == nil)
        let together = (2...6).map {
            (hubSequence: UInt64(9), notification: notification("\($0)", source: .deviceLifecycleEvents))
        }
        #expect(store.appendAndWait(together, tellingThrough: 9) == nil)
        let name = try #require(folder.names.first { $0.hasSuffix(".jsonl") })
        var whole = stat()
        stat(folder.path + "/" + name, &whole)
        for cut in stride(from: 1, to: Int(whole.st_size), by: 97) {
            let copy = TemporaryFolder()
            try copyFiles(from: folder, to: copy)
            truncate(copy.path + "/" + name, off_t(Int(whole.st_size) - cut))
            let again = try EventStore(log: Journal(folder: copy.path, options: options))
            #expect([0, 1].contains(again.lastSequence) && again.hubSequence == 0)
            #expect(again.appendAndWait(together, tellingThrough: 9) == nil)
            #expect(again.hubSequence == 9)
        }
    }

    private func copyFiles(from folder: TemporaryFolder, to copy: TemporaryFolder) throws {
        for name in folder.names where name != "lock" {
            let source = open(folder.path + "/" + name, O_RDONLY)
            let target = open(copy.path + "/" + name, O_WRONLY | O_CREAT, 0o644)
            defer {
                close(source)
                close(target)
            }
            var buffer = [UInt8](repeating: 0, count: 1 << 20)
            while true {
                let count = read(source, &buffer, buffer.count)
                guard count > 0 else { break }
                #expect(write(target, buffer, count) == count)
            }
        }
    }

    @Test func `What has piled up is written at once`() throws {
        let log = ScriptedLog()
        let store = try EventStore(log: log)
        let done = DispatchSemaphore(value: 0)
        log.appendGate.withLock { _ in
            for number in 1...500 { store.append([message("\(number)")]) { _ in done.signal() } }
        }
        for _ in 1...500 { done.wait() }
        #expect(store.lastSequence == 500)
        // The first write may have taken some before the rest was there.
        #expect((1...2).contains(log.appends.load(ordering: .relaxed)))
    }

    @Test func `More events than may wait are refused at once, and the store goes on`() throws {
        let log = ScriptedLog()
        var limits = EventLimits()
        limits.waitingEvents = 10
        let store = try EventStore(log: log, limits: limits)
        let taken = Atomic(0)
        let refused = Atomic(0)
        let done = DispatchSemaphore(value: 0)
        log.appendGate.withLock { _ in
            for number in 1...30 {
                store.append([message("\(number)")]) { refusal in
                    if case .overloaded? = refusal {
                        refused.add(1, ordering: .relaxed)
                    } else {
                        taken.add(1, ordering: .relaxed)
                    }
                    done.signal()
                }
            }
        }
        for _ in 1...30 { done.wait() }
        #expect(taken.load(ordering: .relaxed) == 10 && refused.load(ordering: .relaxed) == 20)
        #expect(store.counts.refused == 20 && store.counts.waiting == 0 && store.counts.waitingBytes == 0)
        #expect(store.appendAndWait([message("31")]) == nil)
        #expect(store.bodies == (1...10).map { "\($0)" } + ["31"])
    }

    @Test func `A full disk refuses with its reason, shows it, and is forgotten when there is room`() throws {
        let log = ScriptedLog()
        let store = try EventStore(log: log)
        log.refuses.store(true, ordering: .relaxed)
        let refusal = store.appendAndWait([(3, notification("1"))], tellingThrough: 3)
        #expect(refusal == .unwritable(reason: "there is no room"))
        #expect(refusal?.error.code == .serviceUnavailable)
        #expect(store.obstacle?.contains("there is no room") == true)
        #expect(store.lastSequence == 0 && store.hubSequence == 0 && store.documents().isEmpty)
        log.refuses.store(false, ordering: .relaxed)
        #expect(store.appendAndWait([(3, notification("1"))], tellingThrough: 3) == nil)
        #expect(store.obstacle == nil && store.lastSequence == 1 && store.hubSequence == 3)
    }

    @Test func `A closed store takes nothing more, and what waited is written`() throws {
        let log = ScriptedLog()
        let store = try EventStore(log: log)
        let first = Mutex<EventRefusal??>(nil)
        store.append([message("1")]) { refusal in first.withLock { $0 = .some(refusal) } }
        store.close()
        #expect(first.withLock { $0 } == .some(nil))
        #expect(store.appendAndWait([message("2")]) == .closed)
    }

    @Test func `Followers are told that there is more, until they leave`() throws {
        final class Follower: EventFollower {
            let arrived = DispatchSemaphore(value: 0)
            func eventsArrived() { arrived.signal() }
        }
        let store = try EventStore(log: MemoryLog())
        let (follower, other) = (Follower(), Follower())
        store.follow(follower)
        #expect(store.appendAndWait([message("1")]) == nil)
        follower.arrived.wait()
        store.follow(other)
        store.unfollow(follower)
        #expect(store.appendAndWait([message("2")]) == nil)
        other.arrived.wait()
        #expect(follower.arrived.wait(timeout: .now()) == .timedOut)
    }

    @Test func `Old events go by age, whole segments at a time, and how far the hub was followed stays known`() throws {
        let folder = TemporaryFolder()
        var options = JournalOptions.events(EventRetention(), durability: .none)
        options.segmentBytes = 8 << 10
        options.firstSegmentBytes = 8 << 10
        let now = Mutex(someTime)
        var environment = Environment.system
        environment.now = { now.withLock { $0 } }
        let retention = EventRetention(seconds: 3600)
        let log = try Journal(folder: folder.path, options: options)
        let store = try EventStore(log: log, retention: retention, environment: environment)
        for minute in 0..<240 {
            let told = notification(
                "{\"minute\":\(minute),\"filler\":\"\(String(repeating: "x", count: 200))\"}",
                at: someTime.adding(seconds: Double(minute) * 60))
            #expect(store.appendAndWait([(UInt64(minute + 1), told)], tellingThrough: UInt64(minute + 1)) == nil)
            log.filling.sync {}
        }
        now.withLock { $0 = someTime.adding(seconds: 240 * 60) }
        store.forgetOldNow()
        try log.compact()
        #expect(store.oldestSequence > 1 && store.oldestSequence <= 181)
        let kept = store.documents(after: store.oldestSequence - 1)
        #expect(kept.count == 241 - Int(store.oldestSequence) && store.lastSequence == 240)
        store.close()
        let again = try EventStore(log: Journal(folder: folder.path, options: options), retention: retention)
        #expect(again.hubSequence == 240 && again.lastSequence == 240)
    }

    @Test func `Old events go by size`() throws {
        let folder = TemporaryFolder()
        let options = JournalOptions.events(EventRetention(bytes: 1 << 20), durability: .none)
        let log = try Journal(folder: folder.path, options: options)
        let store = try EventStore(log: log)
        var random = SystemRandomNumberGenerator()
        for _ in 0..<60 {
            // Bytes that gzip cannot make smaller.
            let events = (0..<8).map { _ in
                DeviceEvent(
                    enqueuedTime: someTime, source: .deviceMessages, deviceID: "d1",
                    body: (0..<8192).map { _ in UInt8.random(in: 0...255, using: &random) })
            }
            #expect(store.appendAndWait(events) == nil)
            // Segments are made ahead on another queue; were it late, the present one would grow.
            log.filling.sync {}
        }
        store.forgetOldNow()
        try log.compact()
        var held = 0
        for name in folder.names {
            var status = stat()
            stat(folder.path + "/" + name, &status)
            held += Int(status.st_blocks) * 512
        }
        #expect(store.oldestSequence > 1 && store.lastSequence == 480)
        #expect(held < 4 << 20)
    }
}
