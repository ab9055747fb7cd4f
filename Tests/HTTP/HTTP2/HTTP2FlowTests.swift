import Testing

@testable import HTTP

/// Bodies both ways: windows, answers that come later, and ends.
@Suite struct HTTP2FlowTests {
    typealias Frame = HTTP2Frame
    typealias Kind = HTTP2Frame.Kind

    @Test("A client with a window of one byte gets an answer byte by byte, as it makes room")
    func sendsByteByByte() throws {
        let conversation = HTTP2Conversation.begun(settings: [(4, 1)])
        conversation.answer = .text(200, "hello")
        var sent = conversation.receive(.get(1))
        #expect(sent.map(\.kind) == [Kind.headers, Kind.data])
        for number in 1...4 {
            #expect(conversation.sent().isEmpty)
            #expect(conversation.session.heldBytes == 5 - number)
            sent += conversation.receive(.windowUpdate(1, 1))
        }
        let body = sent.filter { $0.kind == Kind.data }
        #expect(body.map(\.payload.count) == [1, 1, 1, 1, 1])
        #expect(body.flatMap(\.payload) == Array("hello".utf8))
        #expect(body.map { $0.flags & Frame.Flag.endStream } == [0, 0, 0, 0, 1])
        #expect(conversation.session.heldBytes == 0 && conversation.streams[1]?.closedWith == 0)
    }

    @Test("One stream without room does not keep another from being answered")
    func keepsStreamsApart() {
        let conversation = HTTP2Conversation.begun(settings: [(4, 0)])
        conversation.answer = .text(200, "hello")
        #expect(!conversation.receive(.get(1), .get(3)).contains { $0.kind == Kind.data })
        #expect(conversation.receive(.windowUpdate(3, 100)) == [.data(3, Array("hello".utf8), ends: true)])
        #expect(conversation.receive(.settings([(4, 100)])).contains(.data(1, Array("hello".utf8), ends: true)))
    }

    @Test("Nothing is sent beyond the connection's window, whatever the streams' are")
    func keepsTheConnectionsWindow() {
        let conversation = HTTP2Conversation.begun(settings: [(4, 1 << 20)])
        conversation.answer = .text(200, String(repeating: "a", count: 40_000))
        let sent = conversation.receive(.get(1), .get(3)).filter { $0.kind == Kind.data }
        #expect(sent.map(\.payload.count).reduce(0, +) == 65_535)
        let rest = conversation.receive(.windowUpdate(0, 20_000)).filter { $0.kind == Kind.data }
        #expect(rest.map(\.payload.count).reduce(0, +) == 80_000 - 65_535)
    }

    @Test("A client gets room for a body as it is used, and none while it is not")
    func givesRoom() throws {
        let conversation = HTTP2Conversation.begun()
        conversation.isEager = false
        conversation.receive(.post(1))
        let window = HTTP2Limits().streamWindowBytes
        let pieces = window / 16384
        for _ in 0..<pieces {
            let sent = conversation.receive(.data(1, Array(repeating: 7, count: 16384)))
            #expect(!sent.contains { $0.kind == Kind.windowUpdate && $0.stream == 1 })
        }
        let stream = try #require(conversation.streams[1])
        #expect(stream.body.count == window)
        conversation.session.resume(stream)
        let room = conversation.sent().filter { $0.kind == Kind.windowUpdate && $0.stream == 1 }
        #expect(room.map { Int($0.word(at: 0)) } == [window])
        #expect(!conversation.receive(.data(1, [0], ends: true)).contains { $0.kind == Kind.goAway })
        #expect(stream.isEnded)
    }

    @Test("A body that one stream does not use leaves the others their room")
    func givesConnectionRoom() {
        var bounds = HTTP2Limits()
        bounds.connectionWindowBytes = bounds.streamWindowBytes
        let conversation = HTTP2Conversation.begun(HTTPLimits(), bounds)
        conversation.isEager = false
        conversation.receive(.post(1), .post(3))
        var sent: [Frame] = []
        for stream in [UInt32(1), 3] {
            for _ in 0..<bounds.streamWindowBytes / 16384 {
                sent += conversation.receive(.data(stream, Array(repeating: 7, count: 16384)))
            }
        }
        #expect(!sent.contains { $0.kind == Kind.goAway })
        #expect(conversation.streams[3]?.body.count == bounds.streamWindowBytes)
    }

    @Test("An answer may come later, and out of order")
    func answersLater() throws {
        let conversation = HTTP2Conversation.begun()
        #expect(conversation.receive(.get(1), .get(3)).isEmpty)
        conversation.respond(.text(200, "three"), on: try #require(conversation.streams[3]))
        #expect(conversation.sent().last == .data(3, Array("three".utf8), ends: true))
        conversation.respond(.text(200, "one"), on: try #require(conversation.streams[1]))
        #expect(conversation.sent().last == .data(1, Array("one".utf8), ends: true))
    }

    @Test("A stream's pieces go out as they come, its owner hears when they have gone, and it ends when told")
    func streams() throws {
        let conversation = HTTP2Conversation.begun()
        conversation.receive(.get(1))
        let session = try #require(conversation.session)
        let stream = try #require(conversation.streams[1])
        session.open(HTTPResponse(status: 200), on: stream, date: [], length: nil)
        #expect(conversation.sent().map(\.kind) == [Kind.headers])
        #expect(session.takeHungry().map(\.id) == [1] && session.takeHungry().isEmpty)
        session.send(Array("a".utf8), on: stream)
        session.send(Array("b".utf8), on: stream)
        #expect(session.takeHungry().isEmpty)
        #expect(conversation.sent() == [.data(1, Array("ab".utf8))])
        #expect(session.takeHungry().map(\.id) == [1])
        session.finish(stream)
        #expect(conversation.sent() == [.data(1, [], ends: true)])
        #expect(stream.closedWith == 0 && session.streams.isEmpty)
    }

    @Test("A request that is answered before it is complete is cut short without blame (section 8.1)")
    func answersEarly() throws {
        let conversation = HTTP2Conversation.begun()
        conversation.receive(.post(1))
        conversation.respond(.text(413, "long"), on: try #require(conversation.streams[1]))
        let sent = conversation.sent()
        #expect(sent.map(\.kind) == [Kind.headers, Kind.data, Kind.reset])
        #expect(sent.last?.word(at: 0) == HTTP2ErrorCode.noError.rawValue)
        // What was on its way is passed over.
        #expect(!conversation.receive(.data(1, [1, 2, 3], ends: true)).contains { $0.kind == Kind.goAway })
        #expect(conversation.session.streams.isEmpty)
    }

    @Test("100 Continue comes before the answer")
    func continues() throws {
        let conversation = HTTP2Conversation.begun()
        conversation.receive(.post(1, [("expect", "100-continue")]))
        conversation.session.sendContinue(on: try #require(conversation.streams[1]))
        let interim = conversation.sent()
        #expect(interim.count == 1 && conversation.fields(of: interim[0]) == [":status: 100"])
        conversation.answer = .text(200, "good")
        let sent = conversation.receive(.data(1, [1], ends: true))
        #expect(sent.contains(.data(1, Array("good".utf8), ends: true)))
    }

    @Test("Fields behind a body are read and dropped")
    func readsTrailers() throws {
        let conversation = HTTP2Conversation.begun()
        conversation.receive(.post(1), .data(1, Array("body".utf8)), .headers(1, [("x-sum", "1")]))
        let stream = try #require(conversation.streams[1])
        #expect(stream.isEnded && stream.body == Array("body".utf8))
        #expect(stream.head?.fields == ["host: localhost"])
    }

    @Test("A stream hears that the client has given it up, and an answer to it goes nowhere")
    func hearsOfResets() throws {
        let conversation = HTTP2Conversation.begun(settings: [(4, 0)])
        conversation.receive(.get(1), .get(3))
        let stream = try #require(conversation.streams[1])
        conversation.respond(.text(200, "hello"), on: stream)
        _ = conversation.sent()
        #expect(conversation.session.heldBytes == 5)
        conversation.receive(.reset(1, HTTP2ErrorCode.cancel.rawValue))
        #expect(stream.closedWith == HTTP2ErrorCode.cancel.rawValue && !stream.isOpen)
        #expect(conversation.session.heldBytes == 0)
        conversation.session.send([1], on: stream)
        conversation.respond(.text(200, "hello"), on: stream)
        #expect(conversation.sent().isEmpty)
        #expect(conversation.session.streams.map(\.id) == [3])
    }

    @Test("With the connection every stream is given up")
    func hearsOfTheEnd() {
        let conversation = HTTP2Conversation.begun()
        conversation.receive(.get(1), .post(3), .get(5))
        conversation.session.abandon()
        #expect(conversation.streams.values.allSatisfy { $0.closedWith == HTTP2ErrorCode.cancel.rawValue })
    }

    @Test("Settings say what is taken: streams, window, fields, and no priorities")
    func saysItsSettings() throws {
        let conversation = HTTP2Conversation()
        let settings = try #require(conversation.sent().first)
        var values: [Int: Int] = [:]
        for place in stride(from: 0, to: settings.payload.count, by: 6) {
            values[Int(settings.payload[place + 1])] = Int(settings.word(at: place + 2))
        }
        #expect(values == [3: 100, 4: 256 << 10, 6: 32 << 10, 9: 1])
    }
}
