import Dispatch
import Events
import Foundation
import JSON
import Journal
import Routing
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import RoutingAPI

/// Takes messages, but for the attempts that it is told to fail.
private final class ScriptedTarget: DeliveryTarget {
    private struct State {
        var failures: Int
        var attempts = 0
        var bodies: [String] = []
    }
    private let state: Mutex<State>

    init(failing failures: Int = 0) { state = Mutex(State(failures: failures)) }

    /// Fails no more.
    func relent() { state.withLock { $0.failures = 0 } }

    var bodies: [String] { state.withLock { $0.bodies } }
    var attempts: Int { state.withLock { $0.attempts } }

    func deliver(_ messages: [RoutedMessage], then answer: @escaping @Sendable (DeliveryFailure?) -> Void) {
        let isTaken = state.withLock { state in
            state.attempts += 1
            guard state.attempts > state.failures else { return false }
            state.bodies += messages.map { message in
                var json = JSONWriter()
                message.write(to: &json)
                let body = (try? JSONDocument(parsing: json.bytes))?.root["Body"]?.raw ?? []
                return String(decoding: body, as: UTF8.self)
            }
            return true
        }
        answer(isTaken ? nil : DeliveryFailure(reason: "not now"))
    }
}

@Suite struct EndpointDeliveryTests {
    private let folder = TemporaryFolder()
    private let log = ScriptedLog()
    private let store: EventStore
    private let endpoint: CustomEndpoint

    init() throws {
        var limits = EventLimits()
        // Most of it is read from the log.
        limits.eventsInMemory = 5
        store = try EventStore(log: log, limits: limits, router: ToOneEndpoint())
        let plan = #"{"endpoints":{"folders":[{"name":"\#(endpointName)"}]}}"#
        endpoint = try RoutingPlan(JSONDocument(parsing: plan).root).endpoints[0]
    }

    private func delivery(
        to target: some DeliveryTarget, attempts: Int? = nil, report: @escaping @Sendable (String) -> Void = { _ in }
    ) -> EndpointDelivery {
        var retry = RetryPolicy(attempts: attempts)
        retry.firstWait = 1
        retry.longestWait = 1
        return EndpointDelivery(
            to: endpoint, target, retry, DeliveryCursor(path: folder.path + "/cursor"), from: store,
            environment: .system, report: report)
    }

    private func until(_ condition: () -> Bool, at place: SourceLocation = #_sourceLocation) {
        let holds = comesToHold(condition)
        #expect(holds, sourceLocation: place)
    }

    private func status(_ delivery: EndpointDelivery) -> String {
        var json = JSONWriter()
        delivery.health.write("e", to: &json)
        let health = (try? JSONDocument(parsing: json.bytes))?.root
        let numbers = ["delivered", "givenUp"].map { health?[$0]?.int ?? -1 }
        return "\(health?["healthStatus"]?.string ?? "") \(numbers) \(health?["lastKnownError"]?.string ?? "-")"
    }

    private let some = (1...700).map { "\($0)" }

    @Test func `An endpoint gets what was sent there, in order, from memory and from the log`() throws {
        try store.appendAndWait(some + ["0"])
        let target = ScriptedTarget()
        let delivery = delivery(to: target)
        until { target.bodies.count == 700 }
        try store.appendAndWait(["0", "701", "0", "702"])
        until { target.bodies.count == 702 }
        until { status(delivery) == "healthy [702, 0] -" }
        delivery.stop()
        #expect(target.bodies == some + ["701", "702"])
    }

    @Test func `It goes on where it stopped`() throws {
        try store.appendAndWait(some)
        let first = ScriptedTarget()
        let one = delivery(to: first)
        until { first.bodies.count == 700 }
        until { status(one) == "healthy [700, 0] -" }
        one.stop()
        try store.appendAndWait(["701"])
        let second = ScriptedTarget()
        let other = delivery(to: second)
        until { second.bodies.count == 1 }
        other.stop()
        #expect(second.bodies == ["701"])
    }

    @Test func `What fails is tried again until it is there, and what follows waits`() throws {
        let target = ScriptedTarget(failing: .max)
        let delivery = delivery(to: target)
        #expect(status(delivery) == "unknown [0, 0] -")
        try store.appendAndWait(["1"])
        until { status(delivery) == "unhealthy [0, 0] not now" }
        until { target.attempts > 20 }
        try store.appendAndWait(["2"])
        target.relent()
        until { status(delivery) == "healthy [2, 0] not now" }
        delivery.stop()
        #expect(target.bodies == ["1", "2"])
    }

    @Test func `After so many attempts messages are given up, and the next ones are tried`() throws {
        let target = ScriptedTarget(failing: 3)
        let delivery = delivery(to: target, attempts: 3)
        try store.appendAndWait(["1"])
        until { status(delivery) == "dead [0, 1] not now" }
        #expect(target.attempts == 3)
        try store.appendAndWait(["2"])
        until { status(delivery) == "healthy [1, 1] not now" }
        delivery.stop()
        #expect(target.bodies == ["2"])
    }

    @Test func `A store that has lost its end is followed from what it has`() throws {
        let cursor = DeliveryCursor(path: folder.path + "/cursor")
        cursor.write(900)
        try store.appendAndWait(["1"])
        let target = ScriptedTarget()
        let delivery = delivery(to: target)
        #expect(cursor.read() == 1)
        try store.appendAndWait(["2"])
        until { target.bodies.count == 1 }
        delivery.stop()
        #expect(target.bodies == ["2"])
    }

    @Test func `What was read while it was stopped is not delivered`() throws {
        try store.appendAndWait(some)
        let target = ScriptedTarget()
        let stopped = log.readGate.withLock { _ in
            let reading = delivery(to: target)
            until { log.reads.load(ordering: .relaxed) > 0 }
            reading.stop()
            return reading
        }
        // Reads are answered one after another, and each stop waits for what was answered.
        let isAnswered = DispatchSemaphore(value: 0)
        store.read(after: 0, limit: 1) { _ in isAnswered.signal() }
        isAnswered.wait()
        stopped.stop()
        #expect(target.attempts == 0)
    }

    @Test func `A store that cannot be read is told of once, and tried again until it can`() throws {
        let reports = Mutex<[String]>([])
        try store.appendAndWait(some)
        log.isUnreadable.store(true, ordering: .relaxed)
        let target = ScriptedTarget()
        let delivery = delivery(to: target) { text in reports.withLock { $0.append(text) } }
        until { log.reads.load(ordering: .relaxed) > 20 }
        let reason = "the event store cannot be read: \(LogFailure.broken(reason: ScriptedLog.damage))"
        #expect(status(delivery) == "unhealthy [0, 0] \(reason)")
        log.isUnreadable.store(false, ordering: .relaxed)
        until { target.bodies.count == 700 }
        until { status(delivery) == "healthy [700, 0] \(reason)" }
        delivery.stop()
        #expect(reports.withLock { $0 } == ["endpoint 'there': \(reason)"])
    }

    @Test(arguments: [true, false])
    func `A cursor is what was written last, and none where nothing was`(isOnDisk: Bool) {
        let cursor = DeliveryCursor(path: isOnDisk ? folder.path + "/other" : nil)
        #expect(cursor.read() == nil)
        for number: UInt64 in [7, 123_456, .max, 5] {
            cursor.write(number)
            #expect(cursor.read() == number)
        }
    }

    @Test func `A cursor that cannot be read is 0`() throws {
        let path = folder.path + "/other"
        for text in ["x", "", "\n"] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            #expect(DeliveryCursor(path: path).read() == 0)
        }
    }
}
