import Testing

@testable import HTTP

/// How a connection ends that nobody has broken (RFC 9113 section 6.8).
@Suite struct HTTP2EndTests {
    typealias Frame = HTTP2Frame
    typealias Kind = HTTP2Frame.Kind

    @Test("An end is announced first, and the last request named when none can be under way any more")
    func announces() throws {
        let conversation = HTTP2Conversation.begun()
        conversation.receive(.get(1))
        conversation.session.announceEnd()
        conversation.session.announceEnd()
        let notice = conversation.sent()
        #expect(Set(notice.map(\.kind)) == [Kind.goAway, Kind.ping] && notice.count == 2)
        let first = try #require(notice.first { $0.kind == Kind.goAway })
        #expect(first.word(at: 0) == (1 << 31) - 1 && first.word(at: 4) == 0)
        // It crossed the notice.
        conversation.receive(.get(3))
        #expect(conversation.streams[3]?.isEnded == true)
        let told = conversation.receive(.ping(Frame.Flag.ack))
        #expect(told.map(\.kind) == [Kind.goAway] && told[0].word(at: 0) == 3)
        #expect(!conversation.session.isOver)
        // Too late: the client knows that it was not looked at.
        conversation.receive(.get(5))
        #expect(conversation.streams[5] == nil)
        for id in [Int32(1), 3] { conversation.respond(.text(200, "good"), on: try #require(conversation.streams[id])) }
        #expect(conversation.sent().filter { $0.kind == Kind.data }.count == 2)
        #expect(conversation.session.isOver)
    }

    @Test("A connection without requests is over at once")
    func endsIdleConnections() {
        let conversation = HTTP2Conversation.begun()
        conversation.session.goAway()
        #expect(!conversation.session.isOver)
        #expect(conversation.sent().map(\.kind) == [Kind.goAway])
        #expect(conversation.session.isOver)
    }

    @Test("A client that says goodbye is still answered")
    func answersAfterGoodbye() throws {
        let conversation = HTTP2Conversation.begun()
        conversation.receive(.get(1), Frame(kind: Kind.goAway, payload: Array(repeating: 0, count: 8)))
        #expect(!conversation.session.isOver)
        conversation.respond(.text(200, "good"), on: try #require(conversation.streams[1]))
        #expect(conversation.sent().contains(.data(1, Array("good".utf8), ends: true)))
        #expect(conversation.session.isOver)
    }
}
