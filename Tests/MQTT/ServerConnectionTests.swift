import Testing
import Vocabulary

@testable import MQTT

@Suite struct ServerConnectionTests {
    private let commands = "devices/d1/messages/devicebound/#"

    @Test("A CONNECT is the owner's to judge; what follows it waits until it has")
    func waitsForJudgement() {
        var link = Link()
        #expect(link.send(connectBytes() + [0xC0, 0]) == ["connect d1 secret"])
        #expect(link.server.isWaiting && !link.server.isOpen)
        #expect(link.answers() == [])
        link.accept()
        #expect(link.server.isOpen)
        #expect(link.answers() == ["CONNACK accepted"])
        #expect(link.send([]) == ["none"])
        #expect(link.answers() == ["PINGRESP"])
    }

    @Test("A client that is turned away is told the code, without a session, and not read on")
    func refuses() {
        var link = Link()
        link.send(connectBytes())
        link.refuse(.notAuthorized)
        #expect(link.answers() == ["CONNACK notAuthorized"])
        #expect(link.send([0xC0, 0]) == [])
        #expect(link.answers() == [])
        let end = link.server.end()
        #expect(end.session == nil && end.will == nil)
    }

    static let beginnings: [(bytes: [UInt8], failure: MQTTFailure, answer: [String])] = [
        ([0xC0], .connectMissing, []), ([0x30, 0x05], .connectMissing, []), ([0x00], .connectMissing, []),
        (frame(0x10, field("MQTT"), [5, 2, 0, 0, 0]), .protocolLevel, ["CONNACK unacceptableProtocolVersion"]),
        (
            frame(0x10, field("MQIsdp"), [3, 2, 0, 0], field("d1")), .protocolName,
            ["CONNACK unacceptableProtocolVersion"]
        ),
        (frame(0x10, field("MQTT"), [4, 0, 0, 0], field("")), .clientIDEmpty, ["CONNACK identifierRejected"]),
        (frame(0x10, field("MQTT"), [4, 2, 0, 0], field("")), .clientIDEmpty, ["CONNACK identifierRejected"]),
        (frame(0x10, field("MQTT"), [4, 2, 0, 0], field("d1")), .userName, ["CONNACK notAuthorized"]),
        (frame(0x10, field("MQTT"), [4, 0x82, 0, 0], field("d1"), field("d1")), .userName, ["CONNACK notAuthorized"]),
        (
            frame(0x10, field("MQTT"), [4, 0x82, 0, 0], field("d2"), field("h/d1/?api-version=1")), .clientIDForeign,
            ["CONNACK notAuthorized"]
        ),
        (connectBytes(will: field("t") + field("")), .willTopic, []),
        (connectBytes(will: field("devices/d2/messages/events/") + field("")), .willTopic, []),
        (connectBytes(will: field("$iothub/twin/GET/?$rid=1") + field("")), .willTopic, []),
        (connectBytes(will: field("devices/d1/messages/events/") + field(""), willFlags: 0x14), .willExactlyOnce, []),
        ([0x10, 0x81, 0x80, 0x0C], .packetTooLong, []),
    ]

    @Test(
        "A connection that begins otherwise is closed, after an answer where the standard has one",
        arguments: beginnings)
    func refusesBeginnings(_ sample: (bytes: [UInt8], failure: MQTTFailure, answer: [String])) {
        var link = Link()
        #expect(link.send(sample.bytes) == [])
        #expect(link.failure == sample.failure)
        #expect(link.answers() == sample.answer)
        #expect(link.server.end().will == nil)
    }

    static let breaches: [(bytes: [UInt8], failure: MQTTFailure)] = [
        (connectBytes(), .connectRepeated), (frame(0x34, field("devices/d1/messages/events/"), [0, 1]), .exactlyOnce),
        (publishBytes("devices/d2/messages/events/"), .topicForeign), (publishBytes("x"), .topicUnknown),
        (publishBytes("$iothub/twin/GET/"), .requestIDMissing), (hex("20 02 00 00"), .packetUnexpected),
        (hex("50 02 00 01"), .packetUnexpected), (hex("62 02 00 01"), .packetUnexpected),
        (hex("70 02 00 01"), .packetUnexpected), (hex("90 03 00 01 00"), .packetUnexpected),
        (hex("b0 02 00 01"), .packetUnexpected), (hex("d0 00"), .packetUnexpected),
        (hex("82 02 00 01"), .filtersMissing),
        ([0xC1, 0], .headerFlags), ([0x30, 0xFF, 0xFF, 0x7F], .packetTooLong),
    ]

    @Test("What a client must not send closes the connection without a word, and its Will stands", arguments: breaches)
    func closes(_ sample: (bytes: [UInt8], failure: MQTTFailure)) {
        var link = Link()
        link.connect(will: field("devices/d1/messages/events/a=b") + field("gone"), willFlags: 0x2C)
        _ = link.answers()
        #expect(link.send(sample.bytes + [0xC0, 0]) == [])
        #expect(link.failure == sample.failure)
        #expect(link.answers() == [])
        let end = link.server.end()
        #expect(end.will.map { String(decoding: $0.bag + $0.payload, as: UTF8.self) } == "a=bgone")
        #expect(end.will?.qos == .atLeastOnce && end.will?.isRetained == true)
        #expect(end.session != nil)
    }

    @Test("DISCONNECT forgets the Will, and nothing behind it is read")
    func disconnects() {
        var link = Link()
        link.connect(will: field("devices/d1/messages/events/") + field("gone"))
        _ = link.answers()
        #expect(link.send([0xE0, 0, 0xC0, 0]) == ["disconnect"])
        #expect(link.answers() == [])
        let end = link.server.end()
        #expect(end.will == nil && end.session != nil)
    }

    @Test("Messages and twin operations are told apart; at QoS 1 they carry a ticket")
    func receives() {
        var link = Link()
        link.connect("d1/m")
        let events = link.send(
            publishBytes("devices/d1/modules/m/messages/events/a=b", "x", id: 5)
                + publishBytes("$iothub/twin/GET/?$rid=1", " ")
                + publishBytes("$iothub/twin/PATCH/properties/reported/?$rid=2", "{}", id: 6)
                + publishBytes("$iothub/methods/res/200/?$rid=3", "null"))
        #expect(events == ["telemetry a=b = x", "read 1 =  ", "patch 2 - = {}", "method 200 3 = null"])
        #expect(link.tickets.count == 2)
    }

    @Test("PUBACKs go out in the order in which the messages came, each once")
    func acknowledgesInOrder() {
        var link = Link()
        link.connect()
        _ = link.answers()
        for id in [7, 8, 9] as [UInt8] { link.send(publishBytes("devices/d1/messages/events/", id: id)) }
        link.acknowledge(link.tickets[1])
        #expect(link.answers() == [])
        link.acknowledge(link.tickets[0])
        #expect(link.answers() == ["PUBACK 7", "PUBACK 8"])
        link.acknowledge(link.tickets[0])
        link.acknowledge(link.tickets[2])
        #expect(link.answers() == ["PUBACK 9"])
        // The client may use an id again that has been acknowledged, and even one that has not.
        link.send(publishBytes("devices/d1/messages/events/", id: 7, flags: 8))
        link.send(publishBytes("devices/d1/messages/events/", id: 7))
        link.acknowledge(link.tickets[4])
        link.acknowledge(link.tickets[3])
        #expect(link.answers() == ["PUBACK 7", "PUBACK 7"])
    }

    @Test("A client that does not wait for PUBACKs is not read on past the limit")
    func boundsTickets() {
        var limits = MQTTLimits()
        limits.unacknowledged = 2
        var link = Link(limits)
        link.connect()
        let message = publishBytes("devices/d1/messages/events/", id: 1)
        #expect(link.send(message + message + message).count == 2)
        #expect(link.server.isWaiting)
        link.acknowledge(link.tickets[0])
        #expect(link.send([]).count == 1)
        for _ in 0..<500 {
            link.acknowledge(link.tickets[link.tickets.count - 2])
            #expect(link.send(message).count == 1)
        }
    }

    @Test("A SUBSCRIBE is answered filter by filter, and opens what it names at once")
    func subscribes() {
        var link = Link()
        link.connect()
        _ = link.answers()
        link.send(subscribeBytes((commands, 2), ("$iothub/twin/res/#", 0), ("x", 1), ("$iothub/twin/#", 1), id: 9))
        #expect(link.answers() == ["SUBACK 9 [1, 0, 128, 1]"])
        #expect(link.changes[0].opened == [.commands, .twinResponses, .desiredPatches])
        #expect(link.changes[0].isChange && link.changes[0].closed.isEmpty)
        link.send(subscribeBytes((commands, 1)))
        #expect(!link.changes[1].isChange && link.changes[1].opened.isEmpty)
        link.send(frame(0xA2, [0, 4], field("$iothub/twin/#"), field("never")))
        #expect(link.answers() == ["SUBACK 1 [1]", "UNSUBACK 4"])
        #expect(link.changes[2].closed == .desiredPatches && link.changes[2].isChange)
        link.send(frame(0xA2, [0, 5], field("never")))
        #expect(link.answers() == ["UNSUBACK 5"])
        #expect(!link.changes[3].isChange)
    }

    @Test(
        "A session without clean start has its subscriptions and its unacknowledged messages over the next connection")
    func resumes() {
        var link = Link()
        link.connect()
        link.send(subscribeBytes((commands, 1)))
        _ = link.answers()
        #expect(link.deliver("a", token: 1) == .pending)
        #expect(link.deliver("b", token: 2) == .pending)
        #expect(link.send(hex("40 02 00 01")) == ["delivered 1"])
        let kept = link.server.end().session
        var next = Link()
        next.connect(session: kept)
        #expect(next.answers() == ["CONNACK accepted present", "PUBLISH q1 id=2 dup t b"])
        #expect(next.deliver("c", token: 3) == .pending)
        #expect(next.send(hex("40 02 00 02")) == ["delivered 2"])
        // Unknown ids are passed over.
        #expect(next.send(hex("40 02 00 02")) == ["none"])
        #expect(next.answers() == ["PUBLISH q1 id=3 t c"])
    }

    @Test("A clean session knows nothing of the one before, and leaves nothing behind")
    func startsClean() {
        var link = Link()
        link.connect()
        link.send(subscribeBytes((commands, 1)))
        _ = link.deliver("a", token: 1)
        let kept = link.server.end().session
        var next = Link()
        next.connect(isClean: true, session: kept)
        #expect(next.answers() == ["CONNACK accepted"])
        #expect(next.deliver("b", token: 2) == .unwanted)
        next.send(subscribeBytes((commands, 0)))
        let end = next.server.end()
        #expect(end.session == nil && end.will == nil)
    }

    @Test("Messages under way stay under way when their subscription ends; no more are taken")
    func finishesWhatItBegan() {
        var link = Link()
        link.connect()
        link.send(subscribeBytes((commands, 1)))
        #expect(link.deliver("a", token: 1) == .pending)
        link.send(frame(0xA2, [0, 2], field(commands)))
        #expect(link.deliver("b", token: 2) == .unwanted)
        let kept = link.server.end().session
        var next = Link()
        next.connect(session: kept)
        #expect(next.answers() == ["CONNACK accepted present", "PUBLISH q1 id=1 dup t a"])
        #expect(next.send(hex("40 02 00 01")) == ["delivered 1"])
    }

    @Test("Messages go out with the QoS granted, within the window and the queue")
    func delivers() {
        var limits = MQTTLimits()
        limits.inFlight = 1
        limits.queued = 1
        var link = Link(limits)
        link.connect()
        #expect(link.deliver("a", token: 1) == .unwanted)
        link.send(subscribeBytes((commands, 0)))
        _ = link.answers()
        #expect(link.deliver("a", token: 1) == .sent)
        #expect(link.answers() == ["PUBLISH q0 t a"])
        link.send(subscribeBytes((commands, 1)))
        _ = link.answers()
        #expect(link.deliver("b", token: 2) == .pending)
        #expect(link.deliver("c", token: 3) == .pending)
        #expect(link.deliver("d", token: 4) == .full)
        #expect(link.answers() == ["PUBLISH q1 id=1 t b"])
        #expect(link.server.withdraw(3) && !link.server.withdraw(2))
        #expect(link.deliver("e", token: 5) == .pending)
        #expect(link.send(hex("40 02 00 01")) == ["delivered 2"])
        #expect(link.answers() == ["PUBLISH q1 id=2 t e"])
        _ = link.server.end()
        #expect(link.deliver("f", token: 6) == .unwanted)
    }

    static let patience: [(keepAlive: UInt16, milliseconds: UInt64)] = [
        (1, 1_500), (60, 90_000), (240, 360_000), (1177, 1_765_500), (1178, 1_767_000), (65_535, 1_767_000),
        (0, 1_767_000),
    ]

    @Test(
        "Half as long again as the keep-alive is waited for any packet, and never longer than the cap",
        arguments: patience)
    func waitsForPackets(_ sample: (keepAlive: UInt16, milliseconds: UInt64)) {
        var link = Link(now: 5_000)
        #expect(link.server.deadline == 35_000)
        link.now = 6_000
        link.connect(keepAlive: sample.keepAlive)
        #expect(link.server.deadline == 6_000 + sample.milliseconds)
        link.now = 7_000
        // Part of a packet is no packet.
        link.send([0xC0])
        #expect(link.server.deadline == 6_000 + sample.milliseconds)
        link.send([0])
        #expect(link.server.deadline == 7_000 + sample.milliseconds)
    }
}
