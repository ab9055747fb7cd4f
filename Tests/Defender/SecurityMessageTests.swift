import JSON
import Testing

@testable import Defender

@Suite("Security messages of every form (defender.md sections 5 and 8.7)")
struct SecurityMessageTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let body: String
        let mti: String?
        let sender: SecurityModule?
        let kind: SecurityMessage.Kind
        let lint: [MessageLint.Rule]
        var testDescription: String { "\(body.prefix(20)) \(mti ?? "-") \(kind)" }
    }

    static let rows: [Row] = [
        Row(body: Examples.securityMessage, mti: nil, sender: .classic, kind: .envelope, lint: []),
        Row(body: Examples.securityMessage, mti: nil, sender: nil, kind: .envelope, lint: []),
        Row(body: Examples.securityMessage, mti: "2.3-0-0-0", sender: .micro, kind: .envelope, lint: []),
        Row(body: "[]", mti: nil, sender: .classic, kind: .envelope, lint: [.notAnObject]),
        Row(body: "{", mti: nil, sender: .classic, kind: .unreadable, lint: [.notJSON]),
        Row(body: "", mti: nil, sender: nil, kind: .unreadable, lint: [.notJSON]),
        Row(body: "anything", mti: nil, sender: .micro, kind: .opaque, lint: []),
        Row(body: "{}", mti: nil, sender: .micro, kind: .opaque, lint: []),
        Row(body: "anything", mti: "x", sender: .micro, kind: .opaque, lint: [.unknownMessageType]),
        Row(body: "anything", mti: "2.3-1-1-0", sender: .micro, kind: .unreadable, lint: [.notFlatBuffers]),
        Row(
            body: "", mti: "3.0-1-0-0", sender: nil, kind: .unreadable, lint: [.unknownMessageType, .notFlatBuffers]),
    ]

    @Test("a body is read as its properties and its sender call it", arguments: rows)
    func kinds(row: Row) {
        let message = SecurityMessage(reading: Array(row.body.utf8), mti: row.mti, from: row.sender)
        #expect(message.kind == row.kind)
        #expect(message.lint.kept.map(\.rule) == row.lint)
        #expect(message.body == Array(row.body.utf8))
    }

    @Test("the official example breaks no rule, and its events are all there")
    func example() {
        let message = SecurityMessage(reading: Array(Examples.securityMessage.utf8), mti: nil, from: .classic)
        #expect(message.agentID == "e89dc5f5-feac-4c3e-87e2-93c16f010c25" && message.agentVersion == "0.0.5")
        #expect(
            message.events.map(\.name) == [
                "ConfigurationError", "MessageStatistics", "Login", "LocalUsers", "ListeningPorts",
                "FirewallConfiguration", "OSBaseline", "ProcessCreate", "ConnectionCreate", "SystemInformation",
                "OSBaseline",
            ])
        #expect(message.events.map(\.payload.count) == [1, 1, 1, 2, 1, 2, 1, 1, 1, 1, 0])
    }

    @Test("agent C's aggregated event departs in two known places")
    func aggregated() {
        let body =
            #"{"AgentVersion":"0.0.5","AgentId":"e89dc5f5-feac-4c3e-87e2-93c16f010c25","MessageSchemaVersion":"1.0","#
            + #""Events":[\#(Examples.aggregatedEvent)]}"#
        let message = SecurityMessage(reading: Array(body.utf8), mti: nil, from: .classic)
        #expect(
            message.lint.kept.map { "\($0.rule) \($0.path)" } == [
                "notOneOf Events[0].Category", "extraDetailNotAString Events[0].Payload[0].ExtraDetails.HitCount",
            ])
        #expect(message.lint.kept.allSatisfy { $0.knownOf != nil })
        #expect(message.events.count == 1)
    }

    @Test("findings are counted beyond their limit, not kept")
    func bounded() {
        let count = LintList.maximum
        let body = "{\"Events\":[" + Array(repeating: "1", count: count + 10).joined(separator: ",") + "]}"
        let message = SecurityMessage(reading: Array(body.utf8), mti: nil, from: nil)
        #expect(message.lint.kept.count == count)
        // Three absent members of the envelope besides.
        #expect(message.lint.leftOut == 13)
        #expect(message.events.count == count + 10)
    }

    @Test("of one object that breaks a rule with each member the first ones are kept, under their whole path")
    func boundedInside() throws {
        let members = (0..<5_000).map { "\"m\($0)\":1" }.joined(separator: ",")
        let event = SecurityEnvelopeTests.event.replacing(SecurityEnvelopeTests.item, with: "{\(members)}")
        let body = SecurityEnvelopeTests.whole.replacing(SecurityEnvelopeTests.event, with: event)
        let lint = SecurityMessage(reading: Array(body.utf8), mti: nil, from: nil).lint
        #expect(lint.kept.map(\.path) == (0..<LintList.maximum).map { "Events[0].Payload[0].m\($0)" })
        // Four members of a local user are absent besides.
        #expect(lint.leftOut == 5_004 - LintList.maximum)
    }

    @Test("it is written as the documents say")
    func written() throws {
        let body =
            #"{"AgentVersion":"1","AgentId":7,"MessageSchemaVersion":"1.0","Events":[{"Name":"X","Payload":[ {} ]}]}"#
        var json = JSONWriter()
        SecurityMessage(reading: Array(body.utf8), mti: nil, from: nil).write(to: &json)
        let text = String(decoding: json.bytes, as: UTF8.self)
        #expect(
            text.hasPrefix(
                #"{"kind":"envelope","agentId":null,"agentVersion":"1","events":[{"id":null,"timestampLocal":null,"#
                    + #""timestampUTC":null,"category":null,"name":"X","eventType":null,"payload":[{}]}],"#
                    + #""lint":[{"rule":"wrongType","path":"AgentId","offset":30,"length":1,"bytes":"7"},"#))
        #expect(text.hasSuffix(#""lintLeftOut":0}"#))
    }
}
