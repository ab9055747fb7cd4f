import Hub
import Synchronization
import Testing
import Vocabulary

@testable import Endpoints

/// The table of rest.md section 18, and that it is kept.
@Suite("Throttle") struct ThrottleTests {
    /// A clock that stands until it is moved.
    private final class Clock: Sendable {
        let milliseconds = Atomic<UInt64>(0)

        func pass(_ amount: UInt64) { milliseconds.add(amount, ordering: .relaxed) }

        var environment: Environment {
            let start = Timestamp(unixSeconds: 1_790_035_200)
            return Environment(
                now: { [self] in
                    Timestamp(unixSeconds: start.unixSeconds + Int64(milliseconds.load(ordering: .relaxed) / 1000))
                },
                uptimeMilliseconds: { [self] in milliseconds.load(ordering: .relaxed) },
                fillRandom: Environment.system.fillRandom)
        }
    }

    private static func taken(_ throttle: Throttle, _ operation: ThrottledOperation, upTo limit: Int) -> Int {
        for count in 0..<limit where (try? throttle.charge(operation)) == nil { return count }
        return limit
    }

    @Test(
        "each edition has its rates",
        arguments: [
            (HubTier.f1, 1, ThrottledOperation.identityRegistry, 100), (.s1, 2, .identityRegistry, 200),
            (.s2, 1, .identityRegistry, 100), (.s3, 1, .identityRegistry, 5000), (.s1, 1, .queries, 20),
            (.s3, 1, .queries, 1000), (.s1, 1, .twinReads, 100), (.s1, 9, .twinReads, 100), (.s2, 20, .twinReads, 200),
            (.b1, 1, .twinUpdates, 50), (.s3, 2, .twinUpdates, 500), (.s1, 1, .deviceToCloud, 100),
            (.s1, 10, .deviceToCloud, 120), (.s2, 1, .connections, 120), (.s1, 1, .cloudToDeviceReceives, 1000),
            (.s1, 1, .methods, 40), (.s2, 1, .methods, 120), (.s1, 1, .fileUploads, 100), (.s1, 1, .jobs, 100),
            (.b3, 1, .configurations, 20), (.f1, 1, .jobDevices, 10), (.s1, 20, .jobDevices, 10),
            (.s2, 20, .jobDevices, 20), (.s3, 2, .jobDevices, 100),
        ])
    func rates(_ tier: HubTier, _ units: Int, _ operation: ThrottledOperation, _ expected: Int) {
        let throttle = Throttle(tier, units: units, environment: Clock().environment)
        #expect(Self.taken(throttle, operation, upTo: 10_000) == expected)
        #expect(throttle.counts.refused.first { $0.operation == operation }?.count == 1)
    }

    @Test("a request of many operations is let through by a full bucket, and owed; one that is refused costs nothing")
    func many() throws {
        let clock = Clock()
        let throttle = Throttle(.s1, environment: clock.environment)
        try throttle.charge(.identityRegistry)
        try throttle.charge(.identityRegistry, forAll: 300)
        #expect(throws: HubError.self) { try throttle.charge(.identityRegistry) }
        // 200 are owed, at 100 a minute.
        clock.pass(120_000)
        #expect(Self.taken(throttle, .identityRegistry, upTo: 10) == 0)
        clock.pass(60_000)
        try throttle.charge(.identityRegistry)
        try throttle.charge(.identityRegistry, forAll: 50)
        for _ in 0..<100 {
            try throttle.charge(.identityRegistry)
            #expect(throws: HubError.self) { try throttle.charge(.identityRegistry, forAll: 100) }
        }
        #expect(Self.taken(throttle, .identityRegistry, upTo: 100) == 50)
    }

    @Test("a bucket fills evenly, and no further than it was")
    func refill() throws {
        let clock = Clock()
        let throttle = Throttle(.s1, environment: clock.environment)
        #expect(Self.taken(throttle, .queries, upTo: 100) == 20)
        clock.pass(2_999)
        #expect(Self.taken(throttle, .queries, upTo: 100) == 0)
        clock.pass(1)
        #expect(Self.taken(throttle, .queries, upTo: 100) == 1)
        clock.pass(30_000)
        #expect(Self.taken(throttle, .queries, upTo: 100) == 10)
        clock.pass(86_400_000)
        #expect(Self.taken(throttle, .queries, upTo: 100) == 20)
    }

    @Test("operations are limited each by itself")
    func separate() {
        let throttle = Throttle(.s1, environment: Clock().environment)
        #expect(Self.taken(throttle, .queries, upTo: 100) == 20)
        #expect(Self.taken(throttle, .configurations, upTo: 100) == 20)
        #expect(Self.taken(throttle, .twinUpdates, upTo: 100) == 50)
    }

    @Test("one request may count as several, and methods count by their size")
    func weights() throws {
        let throttle = Throttle(.s1, environment: Clock().environment)
        try throttle.charge(.identityRegistry, count: 99)
        #expect(throws: HubError.self) { try throttle.charge(.identityRegistry, count: 2) }
        try throttle.charge(.identityRegistry)
        try throttle.charge(.methods, bytes: 39 * 4096)
        #expect(throws: HubError.self) { try throttle.charge(.methods, bytes: 4097) }
        try throttle.charge(.methods, bytes: 4096)
    }

    @Test("what is refused says so in the hub's words")
    func words() throws {
        let throttle = Throttle(.s1, environment: Clock().environment)
        _ = Self.taken(throttle, .identityRegistry, upTo: 100)
        let error = #expect(throws: HubError.self) { try throttle.charge(.identityRegistry) }
        #expect(error?.code == .throttlingBacklogTimeout)
        #expect(
            error?.text == "The request has been throttled. Wait 10 seconds and try again. Operation type: CRUD")
    }

    @Test("a day's messages are counted by their size until midnight of UTC")
    func quota() throws {
        let clock = Clock()
        let throttle = Throttle(.f1, environment: clock.environment)
        var sent = 0
        while sent < 7_900 {
            try throttle.charge(.deviceToCloud, bytes: 50 * 1024)
            sent += 100
            clock.pass(1000)
        }
        try throttle.charge(.deviceToCloud, bytes: 100 * 512)
        clock.pass(1000)
        let error = #expect(throws: HubError.self) { try throttle.charge(.twinReads) }
        #expect(error?.code == .iotHubQuotaExceeded)
        #expect(throttle.counts.messages == 8_000 && throttle.counts.refusedMessages == 1)
        try throttle.charge(.identityRegistry)
        clock.pass(86_400_000)
        #expect(throttle.counts.messages == 0)
        try throttle.charge(.twinReads)
        #expect(throttle.counts.messages == 1)
    }

    @Test("a job's devices have their turn as the rate allows, and none is refused but for the day's messages")
    func jobDevices() throws {
        let clock = Clock()
        let throttle = Throttle(.f1, environment: clock.environment)
        #expect(try throttle.admit(jobDevices: 4, bytes: 0) == 4)
        #expect(try throttle.admit(jobDevices: 40, bytes: 0) == 6)
        #expect(try throttle.admit(jobDevices: 34, bytes: 0) == 0)
        clock.pass(300)
        #expect(try throttle.admit(jobDevices: 34, bytes: 513) == 3)
        #expect(throttle.counts.messages == 4 + 6 + 2 * 3)
        #expect(throttle.counts.refused.allSatisfy { $0.count == 0 } && throttle.counts.refusedMessages == 0)
        // Two messages are left for the day.
        try throttle.charge(.deviceToCloud, bytes: (8_000 - 16 - 2) * 512)
        clock.pass(1000)
        #expect(try throttle.admit(jobDevices: 10, bytes: 1) == 2)
        let error = #expect(throws: HubError.self) { try throttle.admit(jobDevices: 8, bytes: 1) }
        #expect(error?.code == .iotHubQuotaExceeded)
    }

    @Test(
        "a smaller edition has fewer jobs and configurations, and never more than was said",
        arguments: [
            (HubTier.f1, 10, 1, 10), (.s1, 10, 1, 100), (.s2, 10, 5, 100), (.s3, 10, 10, 100), (.s3, 2, 2, 100),
        ])
    func limits(_ tier: HubTier, _ said: Int, _ jobs: Int, _ configurations: Int) {
        var limits = HubLimits()
        limits.activeJobs = said
        limits.keep(within: tier)
        #expect(limits.activeJobs == jobs && limits.configurations == configurations)
    }

    @Test(
        "a route's operation says what is counted",
        arguments: [
            ("Devices_GetDevices", ThrottledOperation.identityRegistry), ("Devices_GetTwin", .twinReads),
            ("Modules_ReplaceTwin", .twinUpdates), ("BulkRegistry_UpdateRegistry", .identityRegistry),
            ("Configuration_Get", .configurations), ("Jobs_CreateScheduledJob", .jobs), ("Query_GetTwins", .queries),
            ("Modules_InvokeMethod", .methods), ("Device_SendDeviceEvent", .deviceToCloud),
            ("Emulator_Reset", nil), ("HealthLive", nil), ("Statistics_GetDeviceStatistics", nil),
        ])
    func routes(_ operation: String, _ expected: ThrottledOperation?) {
        #expect(ThrottledOperation(route: operation) == expected)
    }
}
