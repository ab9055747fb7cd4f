import Testing
import Vocabulary

@testable import Hub

/// What senders hear of their messages (rest.md section 15).
struct FeedbackTests {
    private typealias Acknowledgement = CloudMessage.Acknowledgement

    private enum End: CaseIterable {
        case completed, rejected, expired, exceeded, purged

        var statusCode: String {
            switch self {
            case .completed: "Success"
            case .rejected: "Rejected"
            case .expired: "Expired"
            case .exceeded: "DeliveryCountExceeded"
            case .purged: "Purged"
            }
        }
    }

    @Test func `Each kind of acknowledgement hears of its own ends`() throws {
        let heard: [Acknowledgement: Set<End>] = [
            .none: [], .positive: [.completed], .negative: [.rejected, .expired, .exceeded, .purged],
            .full: Set(End.allCases),
        ]
        var limits = HubLimits()
        limits.messageDeliveries = 1
        for acknowledgement in Acknowledgement.allCases {
            for end in End.allCases {
                let it = try HubOnALog(limits)
                let id = it.make("d1")
                try it.send("m", to: id, acknowledgement, seconds: 10)
                try Self.bring(end, on: it, id)
                let wanted = heard[acknowledgement]?.contains(end) == true
                #expect(try it.takeFeedback() == (wanted ? ["m: \(end.statusCode)"] : []), "\(acknowledgement) \(end)")
            }
        }
    }

    private static func bring(_ end: End, on it: HubOnALog, _ id: TwinID) throws {
        switch end {
        case .completed: #expect(it.settle(id, .sequence(1), .complete) == nil)
        case .rejected: #expect(it.settle(id, .sequence(1), .reject) == nil)
        case .exceeded: #expect(it.settle(id, .sequence(1), .abandon) == nil)
        case .purged: it.execute(.purgeMessages(id))
        case .expired:
            it.clock.advance(seconds: 10)
            it.execute(.expireMessages)
        }
        #expect(try it.texts(id) == [])
    }

    @Test func `A record that nobody took in its time is not told any more`() throws {
        var limits = HubLimits()
        limits.feedbackLifetimeSeconds = 100
        let it = try HubOnALog(limits)
        let id = it.make("d1")
        try it.send("old", to: id, .full)
        #expect(it.settle(id, .sequence(1), .complete) == nil)
        it.clock.advance(seconds: 60)
        try it.send("new", to: id, .full)
        #expect(it.settle(id, .sequence(2), .complete) == nil)
        it.clock.advance(seconds: 41)
        #expect(try it.takeFeedback() == ["new: Success"])
    }

    @Test(arguments: Restart.allCases)
    func `Records outlive the hub in their order, and what was done with does not come back`(way: Restart) throws {
        let it = try HubOnALog()
        let id = it.make("d1")
        for name in ["a", "b", "c"] {
            let sequence = try it.send(name, to: id, .full)
            #expect(it.settle(id, .sequence(sequence), name == "b" ? .reject : .complete) == nil)
        }
        let generation = try it.entity(id).identity.generation
        let time = it.clock.now
        it.clock.advance(seconds: 5)
        try it.restart(way)
        guard case .feedback(let batch?) = it.execute(.lockFeedback(seconds: 60)) else { throw HubOnALog.Unexpected() }
        #expect(batch.records.map(\.originalMessageID) == ["a", "b", "c"])
        #expect(batch.records.map(\.fate) == [.completed, .rejected, .completed])
        #expect(batch.records.allSatisfy { $0.device == id && $0.deviceGeneration == generation && $0.time == time })
        #expect(it.refusal(of: .settleFeedback(lock: batch.lock.token, isDone: true)) == nil)
        try it.restart(way)
        #expect(try it.takeFeedback() == [])
    }

    @Test func `A batch is its taker's until it is given back or its time is up`() throws {
        let it = try HubOnALog()
        let id = it.make("d1")
        try it.send("a", to: id, .full)
        #expect(it.settle(id, .sequence(1), .complete) == nil)
        func take() -> FeedbackBatch? {
            guard case .feedback(let batch) = it.execute(.lockFeedback(seconds: 60)) else { return nil }
            return batch
        }
        let first = try #require(take())
        #expect(take() == nil)
        #expect(it.refusal(of: .settleFeedback(lock: first.lock.token, isDone: false)) == nil)
        let second = try #require(take())
        it.clock.advance(seconds: 60)
        #expect(
            it.refusal(of: .settleFeedback(lock: second.lock.token, isDone: true))?.code == .deviceMessageLockLost)
        #expect(try it.takeFeedback() == ["a: Success"])
        #expect(it.refusal(of: .settleFeedback(lock: "unknown", isDone: true))?.code == .deviceMessageLockLost)
    }

    @Test func `A batch holds so many records, and the next one the rest`() throws {
        var limits = HubLimits()
        limits.feedbackBatch = 2
        let it = try HubOnALog(limits)
        let id = it.make("d1")
        for number in 1...3 {
            let sequence = try it.send("\(number)", to: id, .full)
            #expect(it.settle(id, .sequence(sequence), .complete) == nil)
        }
        guard case .feedback(let batch?) = it.execute(.lockFeedback(seconds: 60)) else { throw HubOnALog.Unexpected() }
        #expect(batch.records.map(\.originalMessageID) == ["1", "2"])
        #expect(try it.takeFeedback() == ["3: Success"])
    }

    @Test func `The oldest records make room, and too old ones go`() throws {
        var limits = HubLimits()
        limits.feedbackRecords = 2
        limits.feedbackLifetimeSeconds = 100
        let it = try HubOnALog(limits)
        let id = it.make("d1")
        func complete(_ name: String) throws {
            let sequence = try it.send(name, to: id, .full)
            #expect(it.settle(id, .sequence(sequence), .complete) == nil)
        }
        for name in ["1", "2", "3"] { try complete(name) }
        it.clock.advance(seconds: 101)
        try complete("4")
        #expect(try it.takeFeedback() == ["4: Success"])
        for name in ["5", "6", "7"] { try complete(name) }
        #expect(try it.takeFeedback() == ["6: Success", "7: Success"])
    }
}
