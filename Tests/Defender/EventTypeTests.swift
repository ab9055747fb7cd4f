import JSON
import Testing

@testable import Defender

@Suite("Every event type of payload schema 1.0 (defender.md section 5.3)")
struct EventTypeTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        /// Category and event type.
        let kind: (category: String, type: String)
        /// An item with every field of the documented table.
        let item: String
        /// What is put in place of what, and the finding that follows.
        let broken: (from: String, to: String, lint: String)
        var testDescription: String { name }

        init(
            _ name: String, _ category: String, _ type: String, _ item: String,
            _ broken: (from: String, to: String, lint: String)
        ) {
            self.name = name
            kind = (category, type)
            self.item = item
            self.broken = broken
        }
    }

    static let rows: [Row] = [
        Row(
            "ProcessCreate", "Triggered", "Security",
            #"{"Executable":"e","ProcessId":1,"ParentProcessId":2,"UserId":"0","UserName":"u","CommandLine":"c"}"#,
            (#""ProcessId":1"#, #""ProcessId":"1""#, "wrongType ProcessId")),
        Row(
            "ProcessTerminate", "Triggered", "Security", #"{"Executable":"e","ProcessId":1,"ExitStatus":-1}"#,
            (#""ExitStatus":-1"#, #""ExitStatus":1.5"#, "wrongType ExitStatus")),
        Row(
            "ConnectionCreate", "Triggered", "Security",
            #"{"RemoteAddress":"::1","RemotePort":"80","Direction":"In","Protocol":"tcp","ProcessId":1,"#
                + #""Executable":"e","LocalAddress":"10.0.0.1","LocalPort":"1","UserId":"0","CommandLine":"c"}"#,
            ("::1", "10.0.0.256", "wrongFormat RemoteAddress")),
        Row(
            "Login", "Triggered", "Security",
            #"{"ProcessId":1,"Operation":"o","Executable":"e","Result":"Success","UserId":"0","UserName":"u","#
                + #""RemoteAddress":"10.0.0.1","RemotePort":"1","LocalPort":"22"}"#,
            ("Success", "success", "notOneOf Result")),
        Row(
            "ListeningPorts", "Periodic", "Security",
            #"{"LocalPort":"22","Protocol":"tcp6","LocalAddress":"::","RemoteAddress":"::","RemotePort":"*"}"#,
            (#""LocalPort":"22","#, "", "missingField LocalPort")),
        Row(
            "LocalUsers", "Periodic", "Security",
            #"{"UserName":"u","UserId":"0","GroupNames":"a;b","GroupIds":"0;1"}"#,
            (#""GroupIds":"0;1""#, #""GroupIds":["0"]"#, "wrongType GroupIds")),
        Row(
            "FirewallConfiguration", "Periodic", "Security",
            #"{"Enabled":true,"Action":"Other","Priority":0,"Direction":"Out","ChainName":"c","Application":"a","#
                + #""SourceAddress":"!10.0.0.1","DestinationAddress":"x","SourcePort":"1:2","DestinationPort":"*","#
                + #""Protocol":"all"}"#,
            (#""Enabled":true"#, #""Enabled":"true""#, "wrongType Enabled")),
        Row(
            "OSBaseline", "Periodic", "Security",
            #"{"Description":"d","CceId":"i","Result":"Fail","Error":"","Severity":"Informational"}"#,
            ("Informational", "Info", "notOneOf Severity")),
        Row(
            "SystemInformation", "Periodic", "Security",
            #"{"OSName":"n","OSVersion":"v","OSVendor":"x","OsArchitecture":"a","HostName":"h","BIOSVersion":"b","#
                + #""BootDevice":"d","TotalPhysicalMemoryInKB":1,"FreePhysicalMemoryInKB":1,"#
                + #""TotalVirtualMemoryInKB":1,"FreeVirtualMemoryInKB":1}"#,
            (#""FreeVirtualMemoryInKB":1"#, #""FreeVirtualMemoryInMB":1"#, "unknownField FreeVirtualMemoryInMB")),
        Row(
            "ConnectedHardware", "Periodic", "Security",
            #"{"HardwareCategory":"c","HardwareSubCategory":"s","HardwareName":"n"}"#,
            (#""HardwareName":"n""#, #""HardwareName":null"#, "wrongType HardwareName")),
        Row(
            "Diagnostic", "Triggered", "Diagnostic",
            #"{"Severity":"Fatal","Message":"m","ProcessId":1,"ThreadId":1,"#
                + #""CorrelationId":"e89dc5f5-feac-4c3e-87e2-93c16f010c25"}"#,
            ("e89dc5f5-", "e89dc5f5", "wrongFormat CorrelationId")),
        Row(
            "ConfigurationError", "Triggered", "Operational",
            #"{"ConfigurationName":"n","ErrorType":"Conflict","UsedConfiguration":"1","Message":"m"}"#,
            ("Conflict", "Other", "notOneOf ErrorType")),
        Row(
            "DroppedEventsStatistics", "Periodic", "Operational",
            #"{"Queue":"High","CollectedEvents":1,"DroppedEvents":0}"#, ("High", "Middle", "notOneOf Queue")),
        Row(
            "MessageStatistics", "Periodic", "Operational",
            #"{"MessagesSent":1,"MessagesUnder4KB":0,"TotalFailed":0}"#,
            (#","TotalFailed":0"#, "", "missingField TotalFailed")),
    ]

    @Test("one with every documented field breaks no rule", arguments: rows)
    func accepted(row: Row) throws { #expect(try lint(of: row, row.item) == []) }

    @Test("one that is broken in one place is found there, for the right reason", arguments: rows)
    func broken(row: Row) throws {
        let item = row.item.replacing(row.broken.from, with: row.broken.to)
        #expect(item != row.item)
        let parts = row.broken.lint.split(separator: " ")
        #expect(try lint(of: row, item) == ["\(parts[0]) Events[0].Payload[0].\(parts[1])"])
    }

    @Test("the table has these and no others")
    func whole() { #expect(Set(EventSchema.all.map(\.name)) == Set(Self.rows.map(\.name))) }

    @Test("an event of another event type or a wrong category is found", arguments: rows)
    func kinds(row: Row) throws {
        let other = row.kind.type == "Security" ? "Operational" : "Security"
        #expect(try lint(of: row, row.item, type: other) == ["notOneOf Events[0].EventType"])
        let wrong = row.kind.category == "Periodic" ? "Triggered" : "Periodic"
        #expect(try lint(of: row, row.item, category: wrong) == ["notOneOf Events[0].Category"])
    }

    private func lint(of row: Row, _ item: String, category: String? = nil, type: String? = nil) throws -> [String] {
        let body = SecurityEnvelopeTests.whole.replacing("LocalUsers", with: row.name)
            .replacing("Periodic", with: category ?? row.kind.category)
            .replacing(#"EventType":"Security"#, with: #"EventType":"\#(type ?? row.kind.type)"#)
            .replacing(SecurityEnvelopeTests.item, with: item)
        return SecurityMessage(reading: Array(body.utf8), mti: nil, from: nil).lint.kept.map { "\($0.rule) \($0.path)" }
    }
}
