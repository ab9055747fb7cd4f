import Testing
import Vocabulary

@testable import Hub

/// Cloud-to-device messages in their queue (mqtt.md section 5.5, rest.md section 16.2).
struct MessageQueueTests {
    @Test func `Messages wait in order and are counted`() throws {
        let it = try HubOnALog()
        let id = it.make("d1")
        for number in 1...3 { #expect(try it.send("\(number)", to: id) == UInt64(number)) }
        #expect(try it.texts(id) == ["1", "2", "3"])
        #expect(try it.entity(id).identity.cloudToDeviceMessageCount == 3)
        #expect(it.settle(id, .sequence(2), .complete) == nil)
        #expect(try it.texts(id) == ["1", "3"])
        #expect(try it.entity(id).identity.cloudToDeviceMessageCount == 2)
    }

    @Test(arguments: Restart.allCases)
    func `Everything of a message comes back after a restart`(way: Restart) throws {
        let it = try HubOnALog()
        let id = it.make("d1")
        var content = MessageContent(body: [0, 255, 10, 13])
        content.set(.messageID, "m \"1\"")
        content.set(.contentType, "application/json")
        content.set("plain", "ü\n")
        content.set("empty", "")
        content.set("null", nil)
        let expiry = it.clock.now.adding(seconds: 77)
        it.execute(.enqueueMessage(id, MessageDraft(content: content, acknowledgement: .negative, expiry: expiry)))
        let lock = try #require(try it.lock(id)?.lock)
        #expect(it.settle(id, .lock(lock.token), .abandon) == nil)
        let enqueued = it.clock.now
        it.clock.advance(seconds: 5)
        try it.restart(way)
        let message = try #require(try it.entity(id).messages.messages.first)
        #expect(message.content.body == [0, 255, 10, 13])
        #expect(message.content[.messageID] == "m \"1\"" && message.content[.contentType] == "application/json")
        #expect(message.content.application.map(\.name) == ["plain", "empty", "null"])
        #expect(message.content.application.map(\.value) == ["ü\n", "", nil])
        #expect(message.acknowledgement == .negative && message.deliveryCount == 1 && message.lock == nil)
        #expect(message.expiry == expiry && message.enqueuedTime == enqueued)
    }

    @Test(arguments: Restart.allCases)
    func `A sequence is never used twice`(way: Restart) throws {
        let it = try HubOnALog()
        let id = it.make("d1")
        #expect(try it.send("a", to: id) == 1)
        it.execute(.purgeMessages(id))
        try it.restart(way)
        #expect(try it.send("b", to: id) == 2)
    }

    @Test func `The queue holds fifty messages of so many bytes`() throws {
        let it = try HubOnALog()
        let id = it.make("d1")
        for number in 1...50 { try it.send("\(number)", to: id) }
        let more = MessageDraft(content: MessageContent(body: [1]))
        #expect(it.refusal(of: .enqueueMessage(id, more))?.code == .deviceMaximumQueueDepthExceeded)
        let large = MessageDraft(content: MessageContent(body: Array(repeating: 1, count: (64 << 10) + 1)))
        #expect(it.refusal(of: .enqueueMessage(id, large))?.code == .messageTooLarge)
        #expect(it.settle(id, .sequence(50), .complete) == nil)
        let fits = MessageDraft(content: MessageContent(body: Array(repeating: 1, count: 64 << 10)))
        #expect(it.refusal(of: .enqueueMessage(id, fits)) == nil)
    }

    @Test func `A full queue takes a message in the place of one that has expired`() throws {
        let it = try HubOnALog()
        let id = it.make("d1")
        for number in 1...50 { try it.send("\(number)", to: id, seconds: number == 7 ? 10 : nil) }
        it.clock.advance(seconds: 10)
        #expect(try it.send("new", to: id) == 51)
        #expect(try it.texts(id).count == 50 && !it.texts(id).contains("7"))
    }

    @Test func `An expiry lies in the future and within two days; without one it is an hour`() throws {
        let it = try HubOnALog()
        let id = it.make("d1")
        let cases: [(seconds: Double, isTaken: Bool)] = [
            (-1, false), (0, false), (1, true), (172_800, true), (172_801, false),
        ]
        for (seconds, isTaken) in cases {
            let draft = MessageDraft(content: MessageContent(), expiry: it.clock.now.adding(seconds: seconds))
            let refusal = it.refusal(of: .enqueueMessage(id, draft))
            #expect(refusal?.code == (isTaken ? nil : .invalidMessageExpiryTime), "\(seconds)")
        }
        try it.send("plain", to: id)
        #expect(try it.entity(id).messages.messages.last?.expiry == it.clock.now.adding(seconds: 3600))
    }

    @Test func `What is too old is not delivered, and goes when the hub looks`() throws {
        let it = try HubOnALog()
        let (id, other) = (it.make("d1"), it.make("d2"))
        try it.send("short", to: id, seconds: 10)
        try it.send("long", to: id)
        try it.send("other", to: other, seconds: 10)
        #expect(it.hub.hasQueuedMessages)
        it.clock.advance(seconds: 10)
        #expect(try it.entity(id).messages.free(at: it.clock.now).map(\.sequence) == [2])
        it.execute(.expireMessages)
        #expect(try it.texts(id) == ["long"])
        #expect(try it.texts(other) == [])
        it.execute(.purgeMessages(id))
        #expect(!it.hub.hasQueuedMessages)
    }

    @Test func `A message that is held is nobody else's until its time is up`() throws {
        let it = try HubOnALog()
        let id = it.make("d1")
        try it.send("a", to: id)
        try it.send("b", to: id)
        let first = try #require(try it.lock(id, seconds: 60))
        #expect(first.sequence == 1)
        #expect(try it.lock(id, seconds: 60)?.sequence == 2)
        #expect(try it.lock(id) == nil)
        it.clock.advance(seconds: 60)
        let token = try #require(first.lock?.token)
        #expect(it.settle(id, .lock(token), .complete)?.code == .deviceMessageLockLost)
        let again = try #require(try it.lock(id))
        #expect(again.sequence == 1 && again.lock?.token != token)
        #expect(again.deliveryCount == 0, "only an abandonment counts")
        #expect(it.settle(id, .lock(try #require(again.lock?.token)), .complete) == nil)
        #expect(try it.texts(id) == ["b"])
    }

    @Test func `A message that is held does not expire under its holder's hands`() throws {
        let it = try HubOnALog()
        let id = it.make("d1")
        try it.send("a", to: id, seconds: 10)
        let held = try #require(try it.lock(id, seconds: 60)?.lock)
        it.clock.advance(seconds: 30)
        it.execute(.expireMessages)
        #expect(it.settle(id, .lock(held.token), .complete) == nil)
    }

    @Test(arguments: Restart.allCases)
    func `Nobody holds a message after a restart`(way: Restart) throws {
        let it = try HubOnALog()
        let id = it.make("d1")
        try it.send("a", to: id)
        let held = try #require(try it.lock(id)?.lock)
        try it.restart(way)
        #expect(it.settle(id, .lock(held.token), .complete)?.code == .deviceMessageLockLost)
        #expect(try it.lock(id)?.sequence == 1)
    }

    @Test(arguments: Restart.allCases)
    func `The tenth abandonment gives a message up, whatever restarts lie between`(way: Restart) throws {
        let it = try HubOnALog()
        let id = it.make("d1")
        try it.send("a", to: id, .full)
        for count in 0..<10 {
            let message = try #require(try it.lock(id))
            #expect(message.deliveryCount == count)
            #expect(it.settle(id, .lock(try #require(message.lock?.token)), .abandon) == nil)
            if count == 4 { try it.restart(way) }
        }
        #expect(try it.texts(id) == [])
        #expect(try it.takeFeedback() == ["a: DeliveryCountExceeded"])
    }

    @Test func `A link's acknowledgement of what is gone is passed over`() throws {
        let it = try HubOnALog()
        let id = it.make("d1")
        try it.send("a", to: id)
        it.execute(.purgeMessages(id))
        #expect(it.settle(id, .sequence(1), .complete) == nil)
        #expect(it.settle(id, .lock("unknown"), .complete)?.code == .deviceMessageLockLost)
    }

    @Test func `A purge tells how many it took`() throws {
        let it = try HubOnALog()
        let id = it.make("d1")
        for number in 1...3 { try it.send("\(number)", to: id) }
        guard case .purged(3) = it.execute(.purgeMessages(id)) else {
            Issue.record("not three")
            return
        }
        #expect(try it.entity(id).identity.cloudToDeviceMessageCount == 0)
        #expect(it.refusal(of: .purgeMessages(TwinID(trusted: "nobody")))?.code == .deviceNotFound)
    }

    @Test func `A device that is made anew has an empty queue`() throws {
        let it = try HubOnALog()
        let id = it.make("d1")
        try it.send("a", to: id)
        it.execute(.deleteIdentity(id, .any))
        #expect(!it.hub.hasQueuedMessages)
        it.make("d1")
        #expect(try it.texts(id) == [])
        #expect(try it.send("b", to: id) == 1)
    }
}
