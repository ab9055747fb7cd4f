import Testing

@testable import MQTT

@Suite struct ClientConnectionTests {
    private func receive(_ bytes: [UInt8], _ client: inout ClientConnection, _ output: inout [UInt8]) throws -> [String]
    {
        var events: [String] = []
        var position = 0
        while position < bytes.count {
            let used = try bytes[position...].withUnsafeBytes { rest -> Int? in
                guard let (event, count) = try client.receive(rest, into: &output) else { return nil }
                events.append(form(event))
                return count
            }
            guard let used else { break }
            position += used
        }
        return events
    }

    private func form(_ event: ClientEvent) -> String {
        switch event {
        case .none: "none"
        case .connected(let isSessionPresent): "connected\(isSessionPresent ? " present" : "")"
        case .refused(let code): "refused \(code)"
        case .message(let message): "message \(string(message.topic)) \(string(message.payload))"
        case .published(let id): "published \(id)"
        case .subscribed(let id, let codes): "subscribed \(id) \(Array(codes))"
        case .unsubscribed(let id): "unsubscribed \(id)"
        }
    }

    private func connected() throws -> ClientConnection {
        var client = ClientConnection()
        var output: [UInt8] = []
        "d1".withBytes { id in
            client.connect(ConnectPacket(clientID: id, isClean: true, keepAlive: 60), now: 0, into: &output)
        }
        #expect(try forms(of: output).0 == ["CONNECT id=d1 keep=60 clean"])
        #expect(!client.isOpen)
        #expect(try receive(hex("20 02 01 00"), &client, &output) == ["connected present"])
        #expect(client.isOpen)
        return client
    }

    @Test("Requests get their answers by packet id, in whatever order")
    func requests() throws {
        var client = try connected()
        var output: [UInt8] = []
        let message = try #require(RenderedPublish(topic: Array("t".utf8), payload: [0x78]))
        #expect(client.subscribe([("a/#", .atLeastOnce)], now: 1, into: &output) == 1)
        #expect(client.publishAcknowledged(message, now: 2, into: &output) == 2)
        client.publish(message, now: 3, into: &output)
        #expect(client.unsubscribe(["a/#"], now: 4, into: &output) == 3)
        #expect(
            try forms(of: output).0 == [
                "SUBSCRIBE 1 a/#:1", "PUBLISH q1 id=2 t x", "PUBLISH q0 t x", "UNSUBSCRIBE 3 a/#",
            ])
        #expect(client.unacknowledged == 3)
        let events = try receive(hex("40020002 9003000101 b0020003"), &client, &output)
        #expect(events == ["published 2", "subscribed 1 [1]", "unsubscribed 3"])
        #expect(client.unacknowledged == 0)
    }

    @Test("Messages are acknowledged as they come, or when the owner says so")
    func acknowledges() throws {
        var client = try connected()
        var output: [UInt8] = []
        let message = frame(0x32, field("t"), [0, 9], [0x78])
        #expect(try receive(message + frame(0x30, field("t")), &client, &output) == ["message t x", "message t "])
        #expect(try forms(of: output).0 == ["PUBACK 9"])
        client.acknowledgesByItself = false
        output = []
        #expect(try receive(message, &client, &output) == ["message t x"])
        #expect(output.isEmpty)
        client.acknowledge(9, into: &output)
        #expect(try forms(of: output).0 == ["PUBACK 9"])
    }

    @Test("A PINGREQ is due a keep-alive after the last packet that went out")
    func pings() throws {
        var client = try connected()
        var output: [UInt8] = []
        #expect(client.pingDue == 60_000)
        _ = client.subscribe([("a", .atMostOnce)], now: 5_000, into: &output)
        #expect(client.pingDue == 65_000)
        client.ping(now: 65_000, into: &output)
        #expect(client.pingedAt == 65_000 && client.pingDue == 125_000)
        #expect(try receive(hex("d0 00"), &client, &output) == ["none"])
        #expect(client.pingedAt == nil)
        client.disconnect(into: &output)
        #expect(client.pingDue == nil && !client.isOpen)
        #expect(try forms(of: output).0.suffix(2) == ["PINGREQ", "DISCONNECT"])
    }

    @Test("A refusal ends the connection")
    func isRefused() throws {
        var client = ClientConnection()
        var output: [UInt8] = []
        "d1".withBytes { id in
            client.connect(ConnectPacket(clientID: id, isClean: true, keepAlive: 0), now: 0, into: &output)
        }
        #expect(try receive(hex("20 02 00 05 d0 00"), &client, &output) == ["refused notAuthorized"])
        #expect(!client.isOpen && client.pingDue == nil)
    }

    @Test(
        "What a server must not send is refused",
        arguments: [
            ("40020001", MQTTFailure.acknowledgementUnknown), ("9003000101", .acknowledgementUnknown),
            ("b0020001", .acknowledgementUnknown), ("20020000", .packetUnexpected), ("c000", .packetUnexpected),
            ("34050001740007", .exactlyOnce), ("e000", .packetUnexpected),
        ])
    func refuses(_ sample: (bytes: String, failure: MQTTFailure)) throws {
        var client = try connected()
        var output: [UInt8] = []
        #expect(throws: sample.failure) { try receive(hex(sample.bytes), &client, &output) }
        #expect(!client.isOpen)
    }

    @Test("Both ends understand each other, from CONNECT to DISCONNECT")
    func talksToTheServer() throws {
        var client = ClientConnection()
        var link = Link()
        var output: [UInt8] = []
        "d1".withBytes { id in
            "h/d1/?api-version=1".withBytes { name in
                let packet = ConnectPacket(clientID: id, isClean: false, keepAlive: 30, userName: name)
                client.connect(packet, now: 0, into: &output)
            }
        }
        #expect(link.send(output) == ["connect d1"])
        link.accept()
        output = []
        _ = client.subscribe([("devices/d1/messages/devicebound/#", .atLeastOnce)], now: 1, into: &output)
        let topic = Array("devices/d1/messages/events/".utf8)
        let message = try #require(RenderedPublish(topic: topic, payload: [0x79]))
        _ = client.publishAcknowledged(message, now: 1, into: &output)
        #expect(link.send(output) == ["subscriptions", "telemetry  = y"])
        link.acknowledge(link.tickets[0])
        #expect(link.deliver("hello", token: 4) == .pending)
        var answers: [UInt8] = []
        let events = try receive(link.takeOutput(), &client, &answers)
        #expect(events == ["connected", "subscribed 1 [1]", "published 2", "message t hello"])
        client.disconnect(into: &answers)
        #expect(link.send(answers) == ["delivered 4", "disconnect"])
    }
}
