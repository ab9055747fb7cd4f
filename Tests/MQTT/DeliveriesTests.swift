import Testing

@testable import MQTT

@Suite struct DeliveriesTests {
    private var limits = MQTTLimits()

    init() {
        limits.inFlight = 3
        limits.queued = 2
    }

    private func message(_ number: UInt64) -> RenderedPublish {
        RenderedPublish(topic: Array("t".utf8), payload: Array("\(number)".utf8))!
    }

    private func sent(_ deliveries: inout Deliveries) throws -> [String] {
        var output: [UInt8] = []
        deliveries.send(limits, into: &output)
        return try forms(of: output).0
    }

    @Test("As many as the window holds are in flight, the rest wait their turn, and more are not taken")
    func bounds() throws {
        var deliveries = Deliveries()
        for token in 1...6 as ClosedRange<UInt64> {
            #expect(deliveries.add(message(token), token: token, limits) == (token <= 5))
        }
        #expect(try sent(&deliveries) == ["PUBLISH q1 id=1 t 1", "PUBLISH q1 id=2 t 2", "PUBLISH q1 id=3 t 3"])
        #expect(try sent(&deliveries) == [])
        #expect(deliveries.acknowledge(2) == 2)
        #expect(try sent(&deliveries) == ["PUBLISH q1 id=4 t 4"])
        #expect(deliveries.acknowledge(2) == nil)
        #expect(deliveries.acknowledge(5) == nil)
        #expect(deliveries.tokens == [1, 3, 4, 5])
        #expect(deliveries.count == 4 && !deliveries.isEmpty)
    }

    @Test("Over a new connection what was in flight comes first, in its order, with its ids and DUP")
    func redelivers() throws {
        var deliveries = Deliveries()
        for token in 10...14 as ClosedRange<UInt64> { _ = deliveries.add(message(token), token: token, limits) }
        _ = try sent(&deliveries)
        #expect(deliveries.acknowledge(1) == 10)
        deliveries.restart()
        // Nothing has been sent over this connection yet, so that nothing can be acknowledged.
        #expect(deliveries.acknowledge(2) == nil)
        #expect(
            try sent(&deliveries) == ["PUBLISH q1 id=2 dup t 11", "PUBLISH q1 id=3 dup t 12", "PUBLISH q1 id=4 t 13"])
        #expect(deliveries.acknowledge(2) == 11)
        #expect(try sent(&deliveries) == ["PUBLISH q1 id=5 t 14"])
    }

    @Test("Packet ids are never 0, and never those of messages in flight")
    func choosesIDs() throws {
        var deliveries = Deliveries()
        _ = deliveries.add(message(0), token: 0, limits)
        _ = try sent(&deliveries)
        var ids = Set<UInt16>()
        // Once round: the first message keeps its id all the while.
        for token in 1...70_000 as ClosedRange<UInt64> {
            _ = deliveries.add(message(token), token: token, limits)
            var output: [UInt8] = []
            deliveries.send(limits, into: &output)
            let id = UInt16(output[5]) << 8 | UInt16(output[6])
            try #require(id > 1)
            ids.insert(id)
            try #require(deliveries.acknowledge(id) == token)
        }
        #expect(ids.count == 65_534)
        #expect(deliveries.acknowledge(1) == 0)
    }

    @Test("Only what has never been sent can be withdrawn")
    func withdraws() throws {
        var deliveries = Deliveries()
        for token in 1...4 as ClosedRange<UInt64> { _ = deliveries.add(message(token), token: token, limits) }
        _ = try sent(&deliveries)
        #expect(deliveries.withdraw(1) == false)
        #expect(deliveries.withdraw(4) == true)
        #expect(deliveries.withdraw(4) == false)
        #expect(deliveries.tokens == [1, 2, 3])
    }
}
