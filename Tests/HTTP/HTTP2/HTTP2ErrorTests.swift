import Testing

@testable import HTTP

/// The connection and stream errors of RFC 9113, frame by frame: what comes, and the code that goes out.
@Suite struct HTTP2ErrorTests {
    typealias Frame = HTTP2Frame
    typealias Kind = HTTP2Frame.Kind
    typealias Flag = HTTP2Frame.Flag

    /// Bytes behind an agreed beginning that end the connection.
    struct Sample: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        let code: HTTP2ErrorCode

        init(_ description: String, _ frames: [HTTP2Frame], _ code: HTTP2ErrorCode) {
            testDescription = description
            bytes = frames.flatMap(\.bytes)
            self.code = code
        }
    }

    static let connectionErrors: [Sample] = [
        Sample("4.2 a frame larger than the maximum", [.data(1, Array(repeating: 0, count: 16385))], .frameSizeError),
        Sample(
            "4.3 a field block that cannot be decoded",
            [Frame(kind: Kind.headers, flags: Flag.whole, stream: 1, payload: [0xFF, 0xFF, 0xFF, 0xFF, 0xFF])],
            .compressionError),
        Sample(
            "4.3 a field block that refers to an index that does not exist",
            [Frame(kind: Kind.headers, flags: Flag.whole, stream: 1, payload: [0xFE])], .compressionError),
        Sample("5.1 DATA on an idle stream", [.data(1, [0])], .protocolError),
        Sample("5.1 RST_STREAM on an idle stream", [.reset(1)], .protocolError),
        Sample("5.1 WINDOW_UPDATE on an idle stream", [.windowUpdate(1, 1)], .protocolError),
        Sample("5.1.1 an even stream from a client", [.get(2)], .protocolError),
        Sample("5.1.1 a lower stream than the last", [.get(5), .get(3)], .protocolError),
        Sample("6.1 DATA on stream 0", [.data(0, [0])], .protocolError),
        Sample(
            "6.1 padding as long as DATA",
            [.post(1), Frame(kind: Kind.data, flags: Flag.padded, stream: 1, payload: [1])], .protocolError),
        Sample("6.2 HEADERS on stream 0", [.get(0)], .protocolError),
        Sample(
            "6.2 padding longer than HEADERS",
            [Frame(kind: Kind.headers, flags: Flag.whole | Flag.padded, stream: 1, payload: [9, 0x82])],
            .protocolError),
        Sample(
            "6.3 PRIORITY on stream 0", [Frame(kind: Kind.priority, payload: [0, 0, 0, 3, 1])], .protocolError),
        Sample("6.4 RST_STREAM on stream 0", [.reset(0)], .protocolError),
        Sample(
            "6.4 RST_STREAM of another length", [.post(1), Frame(kind: Kind.reset, stream: 1, payload: [0, 0, 0])],
            .frameSizeError),
        Sample("6.5 SETTINGS on a stream", [Frame(kind: Kind.settings, stream: 1)], .protocolError),
        Sample("6.5 SETTINGS cut short", [Frame(kind: Kind.settings, payload: [0, 3, 0])], .frameSizeError),
        Sample(
            "6.5 an acknowledgement with settings",
            [Frame(kind: Kind.settings, flags: Flag.ack, payload: [0, 3, 0, 0, 0, 1])], .frameSizeError),
        Sample("6.5.2 ENABLE_PUSH of 2", [.settings([(2, 2)])], .protocolError),
        Sample("6.5.2 INITIAL_WINDOW_SIZE of 2^31", [.settings([(4, 1 << 31)])], .flowControlError),
        Sample("6.5.2 MAX_FRAME_SIZE below 2^14", [.settings([(5, 16383)])], .protocolError),
        Sample("6.5.2 MAX_FRAME_SIZE of 2^24", [.settings([(5, 1 << 24)])], .protocolError),
        Sample(
            "6.6 PUSH_PROMISE from a client",
            [.post(1), Frame(kind: Kind.pushPromise, flags: Flag.endHeaders, stream: 1, payload: [0, 0, 0, 2, 0x82])],
            .protocolError),
        Sample(
            "6.7 PING on a stream", [Frame(kind: Kind.ping, stream: 1, payload: Array(repeating: 0, count: 8))],
            .protocolError),
        Sample("6.7 PING of another length", [Frame(kind: Kind.ping, payload: [0])], .frameSizeError),
        Sample(
            "6.8 GOAWAY on a stream", [Frame(kind: Kind.goAway, stream: 1, payload: Array(repeating: 0, count: 8))],
            .protocolError),
        Sample("6.8 GOAWAY cut short", [Frame(kind: Kind.goAway, payload: [0])], .frameSizeError),
        Sample(
            "6.9 WINDOW_UPDATE of another length", [Frame(kind: Kind.windowUpdate, payload: [0, 0, 1])],
            .frameSizeError),
        Sample("6.9 an increment of 0 for the connection", [.windowUpdate(0, 0)], .protocolError),
        Sample("6.9.1 a connection's window beyond 2^31-1", [.windowUpdate(0, (1 << 31) - 1)], .flowControlError),
        Sample(
            "6.9.2 a setting that takes a window beyond 2^31-1",
            [.post(1), .windowUpdate(1, 1 << 30), .settings([(4, (1 << 31) - 1)])], .flowControlError),
        Sample(
            "6.9.1 DATA beyond the stream's window",
            [.post(1)] + Array(repeating: .data(1, Array(repeating: 0, count: 16384)), count: 17), .flowControlError),
        Sample(
            "6.10 CONTINUATION without HEADERS",
            [Frame(kind: Kind.continuation, flags: Flag.endHeaders, stream: 1, payload: [0x82])], .protocolError),
        Sample(
            "6.10 another frame within a head",
            [Frame(kind: Kind.headers, flags: Flag.endStream, stream: 1, payload: [0x82]), .ping()], .protocolError),
        Sample(
            "6.10 CONTINUATION of another stream",
            [
                Frame(kind: Kind.headers, flags: Flag.endStream, stream: 1, payload: [0x82]),
                Frame(kind: Kind.continuation, flags: Flag.endHeaders, stream: 3, payload: [0x84]),
            ], .protocolError),
        Sample(
            "6.10 another head within a head",
            [Frame(kind: Kind.headers, flags: Flag.endStream, stream: 1, payload: [0x82]), .get(3)], .protocolError),
        Sample("5.1 DATA behind the request's end", [.get(1), .data(1, [0])], .streamClosed),
        Sample("5.1 HEADERS behind the request's end", [.get(1), .get(1)], .streamClosed),
        // Errors of a stream that may be treated as errors of its connection (section 5.4.2).
        Sample(
            "6.3 PRIORITY of another length", [.post(1), Frame(kind: Kind.priority, stream: 1, payload: [0])],
            .frameSizeError),
        Sample("6.9 an increment of 0", [.post(1), .windowUpdate(1, 0)], .protocolError),
        Sample(
            "6.9.1 a stream's window beyond 2^31-1", [.post(1), .windowUpdate(1, (1 << 31) - 1)], .flowControlError),
    ]

    @Test("What breaks a connection ends it with GOAWAY and the code of its section", arguments: connectionErrors)
    func endsConnections(_ sample: Sample) throws {
        let conversation = HTTP2Conversation.begun()
        conversation.isEager = false
        let sent = conversation.receive(sample.bytes)
        let goAway = try #require(sent.last { $0.kind == Kind.goAway })
        #expect(HTTP2ErrorCode(rawValue: goAway.word(at: 4)) == sample.code)
        #expect(conversation.session.isOver)
    }

    @Test(
        "What does not begin as HTTP/2 does is ended with a protocol error (section 3.4)",
        arguments: [
            Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n\r\n\r\n".utf8), HTTP2Conversation.preface + Frame.ping().bytes,
            HTTP2Conversation.preface + Frame.get(1).bytes,
            HTTP2Conversation.preface + Frame(kind: Kind.settings, flags: Flag.ack).bytes,
        ])
    func needsThePreface(_ bytes: [UInt8]) throws {
        let conversation = HTTP2Conversation()
        let sent = conversation.receive(bytes)
        #expect(sent.first?.kind == Kind.settings)
        let goAway = try #require(sent.last { $0.kind == Kind.goAway })
        #expect(goAway.word(at: 4) == HTTP2ErrorCode.protocolError.rawValue)
        #expect(conversation.session.isOver)
    }

    static let request = HPACKLiteral.request("GET", "/")

    static let streamErrors: [Sample] = [
        Sample(
            "8.1 fields in the middle of a body", [.post(1), .headers(1, [("a", "b")], ends: false)], .protocolError),
        Sample("8.1 a pseudo-field behind a body", [.post(1), .headers(1, [(":path", "/")])], .protocolError),
        Sample(
            "8.1.1 less body than announced", [.post(1, [("content-length", "2")]), .data(1, [0], ends: true)],
            .protocolError),
        Sample(
            "8.1.1 more body than announced", [.post(1, [("content-length", "1")]), .data(1, [0, 0])], .protocolError),
        Sample("8.1.1 no body where one is announced", [.get(1, "/", [("content-length", "1")])], .protocolError),
        Sample("8.1.1 a length that is no number", [.post(1, [("content-length", "x")])], .protocolError),
        Sample(
            "8.1.1 two lengths", [.post(1, [("content-length", "1"), ("content-length", "1")])], .protocolError),
        Sample("8.2.1 a name with a capital", [.get(1, "/", [("Name", "value")])], .protocolError),
        Sample("8.2.1 a name with a space", [.get(1, "/", [("na me", "value")])], .protocolError),
        Sample("8.2.1 a name with a colon", [.get(1, "/", [("na:me", "value")])], .protocolError),
        Sample("8.2.1 a name that is empty", [.get(1, "/", [("", "value")])], .protocolError),
        Sample("8.2.1 a value with a line feed", [.get(1, "/", [("name", "a\nb")])], .protocolError),
        Sample("8.2.1 a value with a carriage return", [.get(1, "/", [("name", "a\rb")])], .protocolError),
        Sample("8.2.1 a value with a NUL", [.get(1, "/", [("name", "a\0b")])], .protocolError),
        Sample("8.2.1 a value that begins with a space", [.get(1, "/", [("name", " a")])], .protocolError),
        Sample("8.2.1 a value that ends with a tab", [.get(1, "/", [("name", "a\t")])], .protocolError),
        Sample("8.2.2 connection", [.get(1, "/", [("connection", "close")])], .protocolError),
        Sample("8.2.2 proxy-connection", [.get(1, "/", [("proxy-connection", "close")])], .protocolError),
        Sample("8.2.2 keep-alive", [.get(1, "/", [("keep-alive", "1")])], .protocolError),
        Sample("8.2.2 transfer-encoding", [.post(1, [("transfer-encoding", "chunked")])], .protocolError),
        Sample("8.2.2 upgrade", [.get(1, "/", [("upgrade", "websocket")])], .protocolError),
        Sample("8.2.2 te other than trailers", [.get(1, "/", [("te", "gzip")])], .protocolError),
        Sample("8.3 an unknown pseudo-field", [.headers(1, [(":new", "a")] + request)], .protocolError),
        Sample("8.3 a pseudo-field of answers", [.headers(1, [(":status", "200")] + request)], .protocolError),
        Sample("8.3 a pseudo-field behind others", [.headers(1, [("a", "b")] + request)], .protocolError),
        Sample("8.3 a pseudo-field twice", [.headers(1, [(":path", "/")] + request)], .protocolError),
        Sample("8.3.1 no method", [.headers(1, request.filter { $0.0 != ":method" })], .protocolError),
        Sample("8.3.1 no scheme", [.headers(1, request.filter { $0.0 != ":scheme" })], .protocolError),
        Sample("8.3.1 no path", [.headers(1, request.filter { $0.0 != ":path" })], .protocolError),
        Sample("8.3.1 an empty path", [.get(1, "")], .protocolError),
        Sample("8.3.1 a path that is none", [.get(1, "x")], .protocolError),
        Sample("8.3.1 an asterisk for another method than OPTIONS", [.get(1, "*")], .protocolError),
        Sample(
            "8.3.1 neither an authority nor a host", [.headers(1, request.filter { $0.0 != ":authority" })],
            .protocolError),
        Sample(
            "8.3.1 an empty authority", [.headers(1, request.filter { $0.0 != ":authority" } + [(":authority", "")])],
            .protocolError),
        Sample(
            "8.3.1 two hosts", [.get(1, "/", [("host", "localhost"), ("host", "localhost")])], .protocolError),
        Sample(
            "8.5 CONNECT with a path", [.headers(1, HPACKLiteral.request("CONNECT", "/"))], .protocolError),
        Sample(
            "RFC 8441 extended CONNECT, which is not offered",
            [.headers(1, HPACKLiteral.request("CONNECT", "/") + [(":protocol", "websocket")])], .protocolError),
    ]

    @Test("What breaks a stream ends it with RST_STREAM, and no other", arguments: streamErrors)
    func endsStreams(_ sample: Sample) throws {
        let conversation = HTTP2Conversation.begun()
        let sent = conversation.receive(sample.bytes)
        let reset = try #require(sent.last { $0.kind == Kind.reset })
        #expect(reset.stream == 1 && HTTP2ErrorCode(rawValue: reset.word(at: 0)) == sample.code)
        #expect(!sent.contains { $0.kind == Kind.goAway })
        #expect(conversation.streams[1]?.isEnded != true)
        // The connection is as good as before.
        conversation.answer = .text(200, "good")
        #expect(conversation.receive(.get(3)).contains { $0.kind == Kind.data && $0.payload == Array("good".utf8) })
    }

    @Test("A stream beyond the limit is refused, before and after the client has heard of it (section 5.1.2)")
    func limitsStreams() throws {
        var bounds = HTTP2Limits()
        bounds.concurrentStreams = 2
        let early = HTTP2Conversation(HTTPLimits(), bounds)
        let refused = early.receive(
            HTTP2Conversation.preface + Frame.settings().bytes + [1, 3, 5].flatMap { Frame.get($0).bytes })
        let reset = try #require(refused.first { $0.kind == Kind.reset })
        #expect(reset.stream == 5 && reset.word(at: 0) == HTTP2ErrorCode.refusedStream.rawValue)
        #expect(early.streams.count == 2)

        let late = HTTP2Conversation.begun(HTTPLimits(), bounds)
        let goAway = try #require(late.receive(.get(1), .get(3), .get(5)).last { $0.kind == Kind.goAway })
        #expect(goAway.word(at: 4) == HTTP2ErrorCode.protocolError.rawValue)
    }

    @Test("What may have crossed our reset is passed over (section 5.1)")
    func ignoresWhatCrosses() {
        let conversation = HTTP2Conversation.begun()
        conversation.answer = .text(200, "good")
        let sent = conversation.receive(
            // Malformed, and its body and trailers: never begun here, and not skipped by the client either.
            .headers(1, [(":new", "a")] + Self.request, ends: false), .post(3), .reset(3), .post(5),
            .data(1, [1]), .headers(1, [("a", "b")]), .windowUpdate(1, 1), .reset(1), .data(3, [1]),
            .headers(3, [("a", "b")]), .windowUpdate(3, 1), .data(5, [1], ends: true))
        #expect(sent.filter { $0.kind == Kind.reset }.allSatisfy { $0.stream == 1 })
        #expect(!sent.contains { $0.kind == Kind.goAway })
        #expect(sent.contains(.data(5, Array("good".utf8), ends: true)))
    }

    @Test("What is unknown is passed over (sections 4.1 and 5.5)")
    func ignoresTheUnknown() {
        let conversation = HTTP2Conversation.begun()
        conversation.answer = .text(200, "good")
        let sent = conversation.receive(
            Frame(kind: 0xEE, flags: 0xFF, stream: 7, payload: [1, 2, 3]), .settings([(0xEEEE, 7)]),
            Frame(kind: Kind.ping, flags: 0xFE, payload: Array(repeating: 7, count: 8)),
            Frame(kind: Kind.priority, stream: 9, payload: [0, 0, 0, 0, 1]), .get(11))
        #expect(sent.contains { $0.kind == Kind.ping && $0.flags == Flag.ack && $0.payload.allSatisfy { $0 == 7 } })
        #expect(sent.contains { $0.kind == Kind.data && $0.stream == 11 })
        #expect(!sent.contains { $0.kind == Kind.goAway || $0.kind == Kind.reset })
    }
}
