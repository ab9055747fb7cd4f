import Testing

@testable import Defender

@Suite("The linter of configurations (defender.md sections 2, 3, 5.3 and 9)")
struct ConfigurationLintTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let members: String
        let findings: [String]
        var testDescription: String { members }
    }

    static let rows: [Row] = [
        Row(members: "", findings: []),
        Row(members: Examples.minimal, findings: []),
        Row(members: "\"snapshotFrequency\":null", findings: []),
        Row(members: "\"snapshotFrequency\":\"PT1H\"", findings: ["error notWrapped snapshotFrequency"]),
        Row(members: "\"snapshotFrequency\":{\"value\":null}", findings: ["error notWrapped snapshotFrequency"]),
        Row(members: "\"snapshotFrequency\":{\"value\":5}", findings: ["error wrongType snapshotFrequency"]),
        Row(
            members: "\"snapshotFrequency\":{\"value\":\"P1W\"}",
            findings: ["warning durationOfOneAgent snapshotFrequency"]),
        Row(
            members: "\"snapshotFrequency\":{\"value\":\"PT0S\"}",
            findings: ["error durationOfOneAgent snapshotFrequency"]),
        Row(
            members: "\"maxMessageSizeInBytes\":{\"value\":\"204800\"}",
            findings: ["error wrongType maxMessageSizeInBytes"]),
        Row(members: "\"maxMessageSizeInBytes\":{\"value\":-5}", findings: ["error outOfRange maxMessageSizeInBytes"]),
        Row(
            members: "\"maxMessageSizeInBytes\":{\"value\":4096}",
            findings: ["warning outOfRange maxMessageSizeInBytes"]),
        Row(
            members: "\"maxMessageSizeInBytes\":{\"value\":10000}",
            findings: ["warning notOptimal maxMessageSizeInBytes"]),
        Row(
            members: "\"maxLocalCacheSizeInBytes\":{\"value\":8192}",
            findings: ["warning conflict maxLocalCacheSizeInBytes"]),
        Row(
            members: "\"highPriorityMessageFrequency\":{\"value\":\"PT6H\"}",
            findings: ["warning conflict highPriorityMessageFrequency"]),
        Row(members: "\"eventPriorityLogin\":{\"value\":\"Urgent\"}", findings: ["error wrongType eventPriorityLogin"]),
        Row(members: "\"eventPriorityLogin\":{\"value\":\"hIGH\"}", findings: []),
        Row(
            members: "\"aggregationEnabledProcessCreate\":{\"value\":\"true\"}",
            findings: ["error wrongType aggregationEnabledProcessCreate"]),
        // Known to agent C# alone: what that one refuses is an error, what it converts is not.
        Row(
            members: "\"aggregationIntervalProcessTerminate\":{\"value\":\"garbage\"}",
            findings: ["error wrongType aggregationIntervalProcessTerminate"]),
        Row(
            members: "\"aggregationEnabledProcessTerminate\":{\"value\":\"true\"}",
            findings: ["warning wrongType aggregationEnabledProcessTerminate"]),
        Row(
            members: "\"eventPriorityOperational\":{\"value\":\"none\"}",
            findings: ["error wrongType eventPriorityOperational"]),
        Row(
            members: "\"maxMessageSizeInBytes\":{\"value\":8191}",
            findings: ["warning outOfRange maxMessageSizeInBytes", "warning notOptimal maxMessageSizeInBytes"]),
        Row(members: "\"maxMessageSizeInBytes\":{\"value\":8192}", findings: []),
        Row(members: "\"maxMessageSizeInBytes\":{\"value\":262144}", findings: []),
        Row(
            members: "\"maxMessageSizeInBytes\":{\"value\":262145}",
            findings: ["warning outOfRange maxMessageSizeInBytes", "warning notOptimal maxMessageSizeInBytes"]),
        Row(members: "\"unknownKey\":{\"value\":1}", findings: ["warning unknownKey unknownKey"]),
        Row(
            members: "\"hubResourceId\":{\"value\":\"x\",\"unit\":1}", findings: ["warning extraMember hubResourceId"]),
    ]

    @Test("each rule finds what it is for", arguments: rows)
    func classic(row: Row) throws {
        let found = ConfigurationLint.check(try Examples.desired(row.members), of: .classic)
        #expect(found.map { "\($0.severity) \($0.rule) \($0.key ?? "-")" } == row.findings)
    }

    @Test("the object has to be one, and its former name is told")
    func object() throws {
        let found = ConfigurationLint.check(
            try Examples.json(
                "{\"\(SecurityModule.objectName)\":1,\"\(SecurityModule.formerObjectName)\":{}}"), of: .classic)
        #expect(found.map(\.rule) == [.formerObjectName, .notAnObject])
    }

    @Test("the micro agent's keys", arguments: ConfigurationKey.all(of: .micro).map(\.name))
    func micro(name: String) throws {
        let found = ConfigurationLint.check(try Examples.json("{\"\(name)\":[1]}"), of: .micro)
        #expect(found.map(\.rule) == [.wrongType])
        #expect(found.first?.key == name)
    }

    @Test("an error is found exactly where an agent that knows the key refuses, but for weeks")
    func errors() throws {
        for row in ConfigurationReaderTests.rows {
            let desired = try Examples.desired("\"\(row.key)\":\(row.json)")
            let isError = ConfigurationLint.check(desired, of: .classic).contains { $0.severity == .error }
            let isRefused = row.c == .bad || row.csharp == .bad
            #expect(isError == (isRefused && !row.json.contains("P1W")), "\(row.testDescription)")
        }
    }
}
