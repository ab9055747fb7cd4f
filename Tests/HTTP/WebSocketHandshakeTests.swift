import Testing

@testable import HTTP

@Suite struct WebSocketHandshakeTests {
    /// The fields of the example in RFC 6455 section 1.3, for the subprotocol that is spoken here.
    private static let fields = [
        "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Protocol": "mqtt", "Sec-WebSocket-Version": "13",
    ]

    private static func handshake(
        _ changes: [String: String?] = [:], method: String = "GET", version: String = "1.1",
        more: [String] = []
    ) throws -> WebSocketHandshake {
        var fields = fields
        for (name, value) in changes { fields[name] = value }
        let lines = fields.map { "\($0.key): \($0.value)" } + more
        let bytes = Array(
            "\(method) /$iothub/websocket HTTP/\(version)\r\nHost: a\r\n\(lines.map { $0 + "\r\n" }.joined())\r\n".utf8)
        let limits = HTTPLimits()
        let scratch = HTTP1Scratch(limits)
        return try bytes.withUnsafeBytes { bytes in
            var parser = HTTP1Parser()
            let head = try #require(try parser.parse(bytes, limits, scratch))
            return try WebSocketHandshake(
                head.request(body: UnsafeRawBufferPointer(start: nil, count: 0)), subprotocol: "mqtt")
        }
    }

    private static func refusal(
        _ changes: [String: String?] = [:], method: String = "GET", version: String = "1.1",
        more: [String] = []
    ) -> WebSocketHandshake.Refusal? {
        do {
            _ = try handshake(changes, method: method, version: version, more: more)
            return nil
        } catch {
            return error as? WebSocketHandshake.Refusal
        }
    }

    @Test("The example of RFC 6455 section 1.3 is answered as there, with one subprotocol and no extension")
    func answersTheExample() throws {
        var output: [UInt8] = []
        let asked = ["Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"]
        try Self.handshake(more: asked).appendAnswer(to: &output)
        #expect(
            String(decoding: output, as: UTF8.self) == """
                HTTP/1.1 101 Switching Protocols\r
                Upgrade: websocket\r
                Connection: Upgrade\r
                Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
                Sec-WebSocket-Protocol: mqtt\r
                \r

                """)
    }

    static let accepted: [(name: String, value: String)] = [
        ("Upgrade", "WebSocket"), ("Upgrade", "h2c, websocket"), ("Connection", "keep-alive, Upgrade"),
        ("Connection", "upgrade"),
        ("Connection", "keep-alive ,\tUPGRADE , x"), ("Sec-WebSocket-Protocol", "AMQPWSB10, mqtt"),
        ("Sec-WebSocket-Protocol", "mqtt,mqttv3.1"), ("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA=="),
    ]

    @Test("Tokens stand anywhere in their lists, in any case", arguments: accepted)
    func accepts(_ sample: (name: String, value: String)) throws {
        _ = try Self.handshake([sample.name: sample.value])
    }

    static let badRequests: [(name: String, value: String?)] = [
        ("Upgrade", nil), ("Upgrade", ""), ("Upgrade", "h2c"), ("Upgrade", "websockets"), ("Upgrade", "websocket x"),
        ("Connection", nil), ("Connection", "keep-alive"), ("Connection", "upgraded"), ("Connection", "Upgrade x"),
        ("Sec-WebSocket-Key", nil), ("Sec-WebSocket-Key", ""), ("Sec-WebSocket-Key", "AAAA"),
        ("Sec-WebSocket-Key", "not base64"),
        ("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAAA="), ("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA"),
    ]

    @Test("A request that does not ask for a WebSocket, or asks in a wrong form, is a bad one", arguments: badRequests)
    func refusesBadRequests(_ sample: (name: String, value: String?)) {
        guard case .badRequest = Self.refusal([sample.name: sample.value]) else {
            Issue.record("\(sample.name): \(sample.value ?? "absent") is not refused so")
            return
        }
    }

    @Test("A WebSocket is opened by GET alone", arguments: ["POST", "PUT", "HEAD", "OPTIONS"])
    func refusesOtherMethods(_ method: String) {
        guard case .badRequest = Self.refusal(method: method) else {
            Issue.record("\(method) opens one")
            return
        }
    }

    @Test("HTTP/1.0 knows no upgrade (section 4.2.1), whatever its fields ask for")
    func refusesHTTP10() {
        guard case .badRequest = Self.refusal(version: "1.0") else {
            Issue.record("HTTP/1.0 opens one")
            return
        }
    }

    @Test("What stands twice is none of them (section 11.3)")
    func refusesRepeatedFields() {
        #expect(Self.refusal(more: ["Sec-WebSocket-Version: 8"]) == .version)
        guard case .badRequest = Self.refusal(more: ["Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="]) else {
            Issue.record("two keys open one")
            return
        }
    }

    @Test(
        "Any version but 13 is told which it is (section 4.4)", arguments: [nil, "", "12", "8", "013", "13, 8", "13.0"])
    func refusesVersions(_ version: String?) {
        #expect(Self.refusal(["Sec-WebSocket-Version": version]) == .version)
    }

    static let offers: [(offer: String?, heard: [String])] = [
        (nil, []), ("", []), ("AMQPWSB10", ["AMQPWSB10"]), ("MQTT", ["MQTT"]), ("mqttv5, mqt", ["mqttv5", "mqt"]),
        ("mqtt x", ["mqtt x"]),
    ]

    @Test(
        "Without the subprotocol that is spoken there is no connection, and the log is told what was offered",
        arguments: offers)
    func refusesSubprotocols(_ sample: (offer: String?, heard: [String])) {
        #expect(Self.refusal(["Sec-WebSocket-Protocol": sample.offer]) == .subprotocol(offered: sample.heard))
    }
}
