import JSON
import Testing

@testable import Defender

@Suite("The envelope of security messages, 1.0 (defender.md section 5.2)")
struct SecurityEnvelopeTests {
    static let guid = "6a5cd1f2-0b07-4a5e-9a32-6ed1a1ce0001"
    static let item = #"{"UserName":"root","UserId":"0","GroupNames":"root","GroupIds":"0"}"#
    static let event =
        #"{"Id":"\#(guid)","TimestampLocal":"2018-10-09 16:22:50Z","TimestampUTC":"2018-10-09 16:22:50Z","#
        + #""Category":"Periodic","Name":"LocalUsers","EventType":"Security","IsEmpty":false,"#
        + #""PayloadSchemaVersion":"1.0","Payload":[\#(item)]}"#
    static let whole =
        #"{"AgentVersion":"0.0.5","AgentId":"\#(guid)","MessageSchemaVersion":"1.0","Events":[\#(event)]}"#

    /// What is put in place of what in the whole message, and the findings that follow.
    static let rows: [(from: String, to: String, expected: [String])] = [
        ("0.0.5", "0.0.6", []),
        (#""MessageSchemaVersion":"1.0""#, #""MessageSchemaVersion":"2.0""#, [#"notOneOf MessageSchemaVersion "2.0""#]),
        (#""AgentVersion":"0.0.5","#, #""AgentVersion":5,"#, ["wrongType AgentVersion 5"]),
        (#""AgentVersion""#, #""DeviceId":"d","AgentVersion""#, [#"unknownField DeviceId "d""#]),
        (#""AgentId":"\#(guid)""#, #""AgentId":"x""#, [#"wrongFormat AgentId "x""#]),
        ("[\(event)]", "[]", ["wrongType Events []"]),
        ("[\(event)]", "[1]", ["notAnObject Events[0] 1"]),
        (#""Periodic""#, #""Triggered""#, [#"notOneOf Events[0].Category "Triggered""#]),
        (#""Periodic""#, #""Aggregated""#, [#"notOneOf Events[0].Category "Aggregated""#]),
        (#""EventType":"Security""#, #""IsOperational":false"#, ["formerForm Events[0].IsOperational false"]),
        ("LocalUsers", "Nothing", [#"unknownEvent Events[0].Name "Nothing""#]),
        (#""IsEmpty":false"#, #""IsEmpty":true"#, ["emptinessContradicts Events[0].IsEmpty true"]),
        ("[\(item)]", "[]", ["emptinessContradicts Events[0].IsEmpty false"]),
        (#""UserId":"0""#, #""UserId":0"#, ["wrongType Events[0].Payload[0].UserId 0"]),
    ]

    @Test("Each departure is found where it stands", arguments: rows.indices)
    func departures(row: Int) throws {
        let (from, to, expected) = Self.rows[row]
        let parts = try #require(Self.whole.firstRange(of: from))
        let document = try JSONDocument(parsing: Self.whole.replacingCharacters(in: parts, with: to))
        let found = SecurityEnvelope(reading: document.root).lint.kept.map { lint in
            "\(lint.rule) \(lint.path) " + String(decoding: document.bytes[lint.range], as: UTF8.self)
        }
        #expect(found == expected)
    }

    @Test("What the agents are known to send is marked so: aggregated processes, an empty ConfigurationError")
    func knownDepartures() throws {
        for (name, category, type) in [
            ("ProcessCreate", "Aggregated", "Security"), ("ConfigurationError", "Triggered", "Operational"),
            ("Heartbeat", "Periodic", "Security"),
        ] {
            let text = Self.whole.replacing("LocalUsers", with: name).replacing("Periodic", with: category)
                .replacing(#"EventType":"Security"#, with: #"EventType":"\#(type)"#)
                .replacing("[\(Self.item)]", with: "[]").replacing(#"IsEmpty":false"#, with: #"IsEmpty":true"#)
            let lint = SecurityEnvelope(reading: try JSONDocument(parsing: text).root).lint.kept
            #expect(lint.contains { $0.knownOf != nil && $0.path.hasPrefix("Events[0]") }, "\(name)")
        }
    }

    @Test("Any JSON made by changing one byte of a message is read, and what it points at lies in the body")
    func hostile() throws {
        var read = 0
        for place in Self.whole.utf8.indices.enumerated().map(\.offset) {
            for byte: UInt8 in [0x30, 0x22, 0x5B, 0x7D, 0xFF] {
                var body = Array(Self.whole.utf8)
                body[place] = byte
                guard let document = try? JSONDocument(parsing: body) else { continue }
                read += 1
                let envelope = SecurityEnvelope(reading: document.root)
                let ranges = envelope.lint.kept.map(\.range) + envelope.events.flatMap(\.payload)
                #expect(ranges.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= body.count })
            }
        }
        #expect(read > 100)
    }

    @Test("Events keep their payload as bytes of the body")
    func slices() throws {
        let document = try JSONDocument(parsing: Self.whole)
        let envelope = SecurityEnvelope(reading: document.root)
        #expect(envelope.agentID == Self.guid && envelope.agentVersion == "0.0.5")
        let event = try #require(envelope.events.first)
        #expect(event.name == "LocalUsers" && event.category == "Periodic" && event.type == "Security")
        #expect(event.payload.map { String(decoding: document.bytes[$0], as: UTF8.self) } == [Self.item])
    }
}

extension String {
    fileprivate func replacingCharacters(in range: Range<Index>, with text: String) -> String {
        var copy = self
        copy.replaceSubrange(range, with: text)
        return copy
    }
}
