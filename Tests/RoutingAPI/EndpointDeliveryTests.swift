import Events
import Foundation
import JSON
import Journal
import Routing
import Synchronization
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
    private let store: EventStore
    private let endpoint: CustomEndpoint

    init() throws {
        var limits = EventLimits()
        // Most of it is read from the log.
        limits.eventsInMemory = 5
        store = try EventStore(log: MemoryLog(), limits: limits, router: ToOneEndpoint())
        let plan = #"{"endpoints":{"folders":[{"name":"\#(endpointName)"}]}}"#
        endpoint = try RoutingPlan(JSONDocument(parsing: plan).root).endpoints[0]
    }

    private func delivery(to target: some DeliveryTarget, attempts: Int? = nil) -> EndpointDelivery {
        var retry = RetryPolicy(attempts: attempts)
        retry.firstWait = 1
        retry.longestWait = 1
        return EndpointDelivery(
            to: endpoint, target, retry, DeliveryCursor(path: folder.path + "/cursor"), from: store,
            environment: .system, report: { _ in })
    }

    private func until(_ condition: () -> Bool) {
        while !condition() { usleep(1000) }
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

    @Test func `A cursor is what was written last, and 0 where nothing was or can be read`() throws {
        let path = folder.path + "/other"
        let cursor = DeliveryCursor(path: path)
        #expect(cursor.read() == 0 && DeliveryCursor(path: nil).read() == 0)
        for number: UInt64 in [7, 123_456, .max, 5] {
            cursor.write(number)
            #expect(cursor.read() == number)
        }
        try Data("x".utf8).write(to: URL(fileURLWithPath: path))
        #expect(cursor.read() == 0)
    }
}
