import Testing

@testable import HTTP

@Suite struct ServerSentEventTests {
    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test("An event is its name, its id where it has one, and its data, ended by an empty line")
    func writesEvents() {
        let data = Array("{\"a\":1}".utf8)
        #expect(
            Self.text(ServerSentEvent.bytes("patch", id: "7", data: data)) == "event: patch\nid: 7\ndata: {\"a\":1}\n\n"
        )
        #expect(Self.text(ServerSentEvent.bytes("deleted", data: [])) == "event: deleted\ndata: \n\n")
    }

    @Test("Line ends in the data do not end the event")
    func keepsDataOnOneLine() {
        let event = ServerSentEvent.bytes("patch", data: Array("{\n\r\n\"a\":\r1}\n\nevent: x".utf8))
        #expect(Self.text(event) == "event: patch\ndata: {   \"a\": 1}  event: x\n\n")
    }

    @Test("A comment is an event that no client sees")
    func writesComments() {
        #expect(ServerSentEvent.comment.first == UInt8(ascii: ":"))
        #expect(Self.text(ServerSentEvent.comment).hasSuffix("\n\n"))
    }
}
