import JSON
import Testing

@testable import Defender

@Suite("Payloads held against the schema of their event (defender.md sections 5.2 to 5.4)")
struct PayloadLintTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let event: String
        let item: String
        let expected: [String]
        var testDescription: String { "\(event) \(item)" }
    }

    static let process =
        #""Executable":"/bin/sh","ProcessId":7,"ParentProcessId":1,"UserId":"0","CommandLine":"sh""#
    static let connection =
        #""RemoteAddress":"10.0.0.1","Direction":"In","Protocol":"tcp","ProcessId":0,"Executable":"/bin/nc""#
    static let login = #""ProcessId":1,"Operation":"Login","Executable":"sshd""#

    static let rows: [Row] = [
        Row(event: "ProcessCreate", item: "{\(process)}", expected: []),
        Row(event: "ProcessCreate", item: #"{\#(process),"ExtraDetails":{"Hash":"a"}}"#, expected: []),
        Row(
            event: "ProcessCreate", item: #"{\#(process),"ExtraDetails":{"n":1}}"#,
            expected: ["extraDetailNotAString ExtraDetails.n 1"]),
        Row(
            event: "ProcessCreate", item: #"{\#(process),"ExtraDetails":{"HitCount":2}}"#,
            expected: ["extraDetailNotAString ExtraDetails.HitCount 2 known"]),
        Row(event: "ProcessCreate", item: #"{\#(process),"X":1}"#, expected: ["unknownField X 1"]),
        Row(event: "ProcessCreate", item: "7", expected: ["notAnObject  7"]),
        Row(event: "ConnectionCreate", item: #"{\#(connection),"RemotePort":"22"}"#, expected: []),
        Row(
            event: "ConnectionCreate", item: #"{\#(connection),"RemotePort":22}"#,
            expected: ["wrongType RemotePort 22"]),
        Row(
            event: "ConnectionCreate", item: #"{\#(connection),"RemotePort":0}"#,
            expected: ["wrongType RemotePort 0 known"]),
        Row(event: "Login", item: #"{\#(login),"Result":"Fail","UserName":"u"}"#, expected: []),
        Row(
            event: "Login", item: #"{\#(login),"Result":"Fail","UserId":"1","RemoteAddress":"?"}"#,
            expected: [#"wrongFormat RemoteAddress "?""#]),
        Row(event: "Login", item: #"{\#(login),"Result":"No","UserId":"1"}"#, expected: [#"notOneOf Result "No""#]),
        Row(
            event: "ConnectedHardware", item: #"{"ConnectedHardware":"usb"}"#,
            expected: [#"unknownField ConnectedHardware {"ConnectedHardware":"usb"} known"#]),
        Row(
            event: "DroppedEventsStatistics", item: #"{"Queue":"Operational","CollectedEvents":1,"DroppedEvents":1.5}"#,
            expected: [#"notOneOf Queue "Operational" known"#, "wrongType DroppedEvents 1.5"]),
        Row(
            event: "OSBaseline",
            item: #"{"Description":"d","CceId":"i","Result":"FAIL","Error":"","Severity":"Warning"}"#,
            expected: [#"notOneOf Result "FAIL" known"#]),
        Row(
            event: "ProcessTerminate", item: #"{"Executable":"a","ProcessId":1}"#,
            expected: [#"missingField ExitStatus {"Executable":"a","ProcessId":1}"#]),
        Row(
            event: "Login", item: "{\(login),\"Result\":\"Fail\"}",
            expected: ["missingField UserId|UserName {\(login),\"Result\":\"Fail\"}"]),
    ]

    private static func check(_ item: JSONValue, _ schema: EventSchema) -> [MessageLint] {
        var found = LintList()
        PayloadLint.check(item, against: schema, into: &found)
        return found.kept
    }

    @Test("What departs is named with its place and its bytes, and known departures are marked", arguments: rows)
    func departures(row: Row) throws {
        let document = try JSONDocument(parsing: row.item)
        let schema = try #require(EventSchema.named(row.event))
        let found = Self.check(document.root, schema).map { lint in
            let bytes = String(decoding: document.bytes[lint.range], as: UTF8.self)
            return "\(lint.rule) \(lint.path) \(bytes)" + (lint.knownOf == nil ? "" : " known")
        }
        #expect(found == row.expected)
    }

    @Test("An item without any field lacks exactly the required ones", arguments: EventSchema.all)
    func required(schema: EventSchema) throws {
        let found = Self.check(try JSONDocument(parsing: "{}").root, schema)
        let expected = schema.fields.filter(\.isRequired).map(\.name)
        #expect(found.map(\.path) == expected + (schema.name == "Login" ? ["UserId|UserName"] : []))
    }
}
