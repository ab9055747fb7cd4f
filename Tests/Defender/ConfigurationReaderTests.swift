import JSON
import Testing

@testable import Defender

@Suite("How the agents read a configuration (defender.md section 2.3)")
struct ConfigurationReaderTests {
    /// What one agent makes of one key.
    enum Outcome: Equatable, Sendable {
        case bad
        case value(ConfigurationValue)
        /// The key is not configured, so the default counts.
        case fallback
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let key: String
        let json: String
        let c: Outcome
        let csharp: Outcome
        var testDescription: String { "\(key): \(json)" }
    }

    static let rows: [Row] =
        [
            // Absent, null, wrappers.
            Row(key: "snapshotFrequency", json: "null", c: .fallback, csharp: .fallback),
            Row(key: "snapshotFrequency", json: "\"PT1H\"", c: .bad, csharp: .bad),
            Row(key: "snapshotFrequency", json: "{}", c: .bad, csharp: .bad),
            Row(key: "snapshotFrequency", json: "{\"value\":null}", c: .bad, csharp: .bad),
            Row(key: "baselineCustomChecksFilePath", json: "{\"value\":null}", c: .bad, csharp: .bad),
            Row(key: "maxMessageSizeInBytes", json: "204800", c: .bad, csharp: .bad),
            Row(
                key: "snapshotFrequency", json: "{\"value\":\"PT1H\",\"extra\":1}", c: hours(1), csharp: hours(1)),
            // Durations.
            Row(key: "snapshotFrequency", json: "{\"value\":\"P1W\"}", c: hours(168), csharp: .bad),
            Row(key: "snapshotFrequency", json: "{\"value\":\"PT0S\"}", c: .bad, csharp: hours(0)),
            Row(key: "snapshotFrequency", json: "{\"value\":60}", c: .bad, csharp: .bad),
            // Integers.
            integer("9000", c: 9000, csharp: 9000), integer("9000.9", c: 9000, csharp: nil),
            integer("-1", c: 4_294_967_295, csharp: nil), integer("4294967296", c: 0, csharp: nil),
            integer("\"9000\"", c: nil, csharp: 9000), integer("\"x\"", c: nil, csharp: nil),
            integer("1", c: 1, csharp: 1), integer("true", c: nil, csharp: nil), integer("1e400", c: 0, csharp: nil),
            // Booleans.
            Row(
                key: "aggregationEnabledProcessCreate", json: "{\"value\":false}", c: .value(.boolean(false)),
                csharp: .value(.boolean(false))),
            Row(
                key: "aggregationEnabledProcessCreate", json: "{\"value\":\"False\"}", c: .bad,
                csharp: .value(.boolean(false))),
            Row(key: "aggregationEnabledProcessCreate", json: "{\"value\":0}", c: .bad, csharp: .bad),
        ]
        + ["High", "high", "HIGH"].map { priority($0, "High") } + ["off", "Off"].map { priority($0, "Off") }
        + [
            Row(key: "eventPriorityLogin", json: "{\"value\":\"Urgent\"}", c: .bad, csharp: .bad),
            Row(key: "eventPriorityLogin", json: "{\"value\":1}", c: .bad, csharp: .value(.word("Low"))),
            Row(key: "eventPriorityLogin", json: "{\"value\":4}", c: .bad, csharp: .bad),
            Row(
                key: "eventPriorityLogin", json: "{\"value\":\"Operational\"}", c: .bad,
                csharp: .value(.word("Operational"))),
        ]

    private static func hours(_ count: UInt64) -> Outcome {
        .value(.duration(AgentDuration(milliseconds: count * 3_600_000)))
    }

    private static func integer(_ json: String, c: UInt64?, csharp: UInt64?) -> Row {
        Row(
            key: "maxMessageSizeInBytes", json: "{\"value\":\(json)}", c: c.map { .value(.integer($0)) } ?? .bad,
            csharp: csharp.map { .value(.integer($0)) } ?? .bad)
    }

    private static func priority(_ text: String, _ word: String) -> Row {
        Row(
            key: "eventPriorityLogin", json: "{\"value\":\"\(text)\"}", c: .value(.word(word)),
            csharp: .value(.word(word)))
    }

    @Test("each agent makes its own of a value", arguments: rows)
    func values(row: Row) throws {
        let desired = try Examples.desired("\"\(row.key)\":\(row.json)")
        try check(ConfigurationReader.read(desired, as: .c), row.key, row.c, .c)
        try check(ConfigurationReader.read(desired, as: .csharp), row.key, row.csharp, .csharp)
    }

    private func check(
        _ read: ReadConfiguration, _ name: String, _ outcome: Outcome, _ agent: AgentKind
    ) throws {
        let key = try #require(ConfigurationKey.named(name, in: .classic))
        switch (read, outcome) {
        case (.refused(let refusal), .bad): #expect(refusal.keys == [name])
        case (.accepted(let configuration), .value(let value)): #expect(configuration[key] == value)
        case (.accepted(let configuration), .fallback): #expect(configuration[key] == key.defaultValue(of: agent))
        default: Issue.record("\(agent) made \(read) of it, not \(outcome)")
        }
    }

    @Test("without an object there are the defaults", arguments: ["{}", "{\"\(SecurityModule.objectName)\":null}"])
    func absent(text: String) throws {
        for agent in [AgentKind.c, .csharp] {
            #expect(
                ConfigurationReader.read(try Examples.json(text), as: agent)
                    == .accepted(RunningConfiguration(defaultsOf: agent)))
        }
    }

    @Test("an object that is none is refused", arguments: ["1", "[]", "\"x\"", "true"])
    func noObject(text: String) throws {
        let desired = try Examples.json("{\"\(SecurityModule.objectName)\":\(text)}")
        for agent in [AgentKind.c, .csharp] {
            guard case .refused(let refusal) = ConfigurationReader.read(desired, as: agent) else {
                Issue.record("\(agent) accepted it")
                continue
            }
            #expect(refusal.keys.isEmpty)
        }
    }

    @Test("a bad value of a key that agent C does not know does not disturb it")
    func unknownToC() throws {
        let desired = try Examples.desired("\"eventPriorityConnectedHardware\":{\"value\":\"Urgent\"},\"other\":7")
        #expect(ConfigurationReader.read(desired, as: .c) == .accepted(RunningConfiguration(defaultsOf: .c)))
        guard case .refused(let refusal) = ConfigurationReader.read(desired, as: .csharp) else {
            Issue.record("agent C# accepted it")
            return
        }
        #expect(refusal.keys == ["eventPriorityConnectedHardware"])
    }

    @Test("example 8.9: the bad keys and the words of the ConfigurationError")
    func example() throws {
        let desired = try Examples.desired(Examples.invalid)
        #expect(
            ConfigurationReader.read(desired, as: .c)
                == .refused(
                    ConfigurationRefusal(
                        agent: .c,
                        keys: [
                            "maxMessageSizeInBytes", "lowPriorityMessageFrequency", "highPriorityMessageFrequency",
                        ], eventName: "TwinConfiguration",
                        eventMessage:
                            "Couldn't parse the following conifgurations: maxMessageSizeInBytes, lowPriorityMessageFrequency, highPriorityMessageFrequenc"
                    )))
        #expect(
            ConfigurationReader.read(desired, as: .csharp)
                == .refused(
                    ConfigurationRefusal(
                        agent: .csharp,
                        keys: ["highPriorityMessageFrequency", "lowPriorityMessageFrequency", "eventPriorityLogin"],
                        eventName: "RemoteConfiguration",
                        eventMessage:
                            "Couldn't parse the following configurations: highPriorityMessageFrequency, lowPriorityMessageFrequency, eventPriorityLogin"
                    )))
    }

    @Test("agent C names bad priorities and aggregation with one word, less its last letter")
    func priorities() throws {
        let desired = try Examples.desired(
            "\"eventPriorityLogin\":{\"value\":1},\"aggregationIntervalProcessCreate\":{\"value\":\"x\"}")
        guard case .refused(let refusal) = ConfigurationReader.read(desired, as: .c) else {
            Issue.record("it was accepted")
            return
        }
        #expect(refusal.keys == ["eventPriorityLogin", "aggregationIntervalProcessCreate"])
        #expect(refusal.eventMessage == "Couldn't parse the following conifgurations: eventPrioritie")
    }

    @Test("every key of the classic table takes its own default in its wrapper, in every agent that knows it")
    func defaults() throws {
        for key in ConfigurationKey.all(of: .classic) {
            guard let value = key.documentedDefault ?? key.cDefault ?? key.csharpDefault, value != .none else {
                continue
            }
            var json = JSONWriter()
            value.write(to: &json)
            let desired = try Examples.desired(
                "\"\(key.name)\":{\"value\":\(String(decoding: json.bytes, as: UTF8.self))}")
            for agent in [AgentKind.c, .csharp] where key.defaultValue(of: agent) != nil {
                guard case .accepted(let configuration) = ConfigurationReader.read(desired, as: agent) else {
                    Issue.record("\(agent) refused \(key.name)")
                    continue
                }
                #expect(configuration[key] == value)
            }
        }
    }

    @Test("the micro agent takes its documented example (8.5) and names what is wrong")
    func micro() throws {
        let fine = try Examples.json(
            "{\"CollectorsCore_PriorityIntervals\":\"30,120,1440\",\"Process_Mode\":1,\"Login_UsePAM\":true,\"FileSystem_Paths\":\"/etc\",\"$version\":2}"
        )
        guard case .accepted(let configuration) = ConfigurationReader.read(fine, as: .micro) else {
            Issue.record("it was refused")
            return
        }
        #expect(configuration["Login_UsePAM"] == .boolean(true))
        #expect(configuration["Baseline_MessageFrequency"] == .word("Low"))
        let bad = try Examples.json(
            "{\"Process_Mode\":9,\"Login_UsePAM\":\"yes\",\"CollectorsCore_PriorityIntervals\":\"30,120\"}")
        guard case .refused(let refusal) = ConfigurationReader.read(bad, as: .micro) else {
            Issue.record("it was accepted")
            return
        }
        #expect(refusal.keys == ["CollectorsCore_PriorityIntervals", "Login_UsePAM", "Process_Mode"])
    }
}
