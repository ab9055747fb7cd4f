import Testing

@testable import HTTP

/// Clients that cost more than they use: each bound, up to it and one beyond.
@Suite struct HTTP2FloodTests {
    typealias Frame = HTTP2Frame

    static func bounds() -> HTTP2Limits {
        var bounds = HTTP2Limits()
        bounds.continuations = 3
        bounds.resetsPerSecond = 4
        bounds.emptyFramesPerSecond = 4
        bounds.settingsPerSecond = 4
        bounds.pingsPerSecond = 4
        return bounds
    }

    /// Frames of which the fifth within a second is one too many.
    static let floods: [(name: String, frames: @Sendable (UInt32) -> [HTTP2Frame])] = [
        ("resets", { [.post($0), .reset($0)] }),
        (
            "resets that the client's mistakes bring about",
            { [.post($0, [("content-length", "1")]), .data($0, [1, 2])] }
        ),
        ("malformed requests", { [.get($0, "/", [("connection", "close")])] }),
        ("empty DATA", { _ in [.data(1, [])] }),
        (
            "DATA that is padding alone",
            { _ in [Frame(kind: Frame.Kind.data, flags: Frame.Flag.padded, stream: 1, payload: [3, 0, 0, 0])] }
        ),
        ("PRIORITY", { [Frame(kind: Frame.Kind.priority, stream: $0, payload: [0, 0, 0, 0, 1])] }),
        ("unknown frames", { [Frame(kind: 0xEE, stream: $0)] }),
        ("PING", { _ in [.ping()] }),
    ]

    @Test("So many a second, and one more ends the connection", arguments: floods.map(\.name))
    func endsFloods(_ name: String) throws {
        let frames = try #require(Self.floods.first { $0.name == name }).frames
        let conversation = HTTP2Conversation.begun(HTTPLimits(), Self.bounds())
        conversation.milliseconds = 10_000
        conversation.receive(.post(1))
        for number in 1...4 {
            conversation.receive(frames(UInt32(number * 2 + 1)).flatMap(\.bytes))
        }
        #expect(!conversation.session.isOver)
        // The next second is another one.
        conversation.milliseconds = 11_000
        for number in 5...8 {
            #expect(
                !conversation.receive(frames(UInt32(number * 2 + 1)).flatMap(\.bytes)).contains {
                    $0.kind == Frame.Kind.goAway
                })
        }
        let sent = conversation.receive(frames(19).flatMap(\.bytes)) + conversation.sent()
        let goAway = try #require(sent.last { $0.kind == Frame.Kind.goAway })
        #expect(goAway.word(at: 4) == HTTP2ErrorCode.enhanceYourCalm.rawValue)
        #expect(conversation.session.isOver)
    }

    @Test("So many SETTINGS a second; the client's first ones count")
    func endsSettingsFloods() throws {
        let conversation = HTTP2Conversation.begun(HTTPLimits(), Self.bounds())
        for _ in 2...4 { conversation.receive(.settings()) }
        #expect(!conversation.session.isOver)
        let goAway = try #require(conversation.receive(.settings()).last { $0.kind == Frame.Kind.goAway })
        #expect(goAway.word(at: 4) == HTTP2ErrorCode.enhanceYourCalm.rawValue)
    }

    @Test("A head of too many CONTINUATION frames ends the connection before it is whole")
    func endsContinuationFloods() throws {
        let conversation = HTTP2Conversation.begun(HTTPLimits(), Self.bounds())
        conversation.receive(Frame(kind: Frame.Kind.headers, flags: Frame.Flag.endStream, stream: 1, payload: [0x82]))
        let more = Frame(kind: Frame.Kind.continuation, stream: 1)
        #expect(conversation.receive(more, more, more).isEmpty && conversation.session.isInHead)
        let goAway = try #require(conversation.receive(more).last { $0.kind == Frame.Kind.goAway })
        #expect(goAway.word(at: 4) == HTTP2ErrorCode.enhanceYourCalm.rawValue)
        #expect(conversation.session.isOver && conversation.streams.isEmpty)
    }

    @Test("A client that reads none of the answers to its PINGs is ended, however slowly it sends them")
    func endsUnreadAnswers() throws {
        let conversation = HTTP2Conversation.begun()
        // Nothing is written in between, as when the socket is full.
        for number in 0..<2000 {
            conversation.milliseconds = UInt64(number) * 1000
            Frame.ping().bytes.withUnsafeBytes { conversation.session.receive($0, at: conversation.milliseconds) }
        }
        let goAway = try #require(conversation.sent().last { $0.kind == Frame.Kind.goAway })
        #expect(goAway.word(at: 4) == HTTP2ErrorCode.enhanceYourCalm.rawValue)
    }
}
