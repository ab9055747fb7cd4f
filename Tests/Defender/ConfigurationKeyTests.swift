import JSON
import Testing

@testable import Defender

@Suite("The table of configuration keys (defender.md sections 2.2 and 3.2)")
struct ConfigurationKeyTests {
    @Test("every documented key stands in the table once, with the defaults of each agent")
    func counts() {
        #expect(ConfigurationKey.all(of: .classic).count == 30)
        #expect(ConfigurationKey.all(of: .micro).count == 43)
        for module in SecurityModule.allCases {
            let names = ConfigurationKey.all(of: module).map(\.name)
            #expect(Set(names).count == names.count)
        }
    }

    @Test("the official default file's 25 keys have the official defaults (defender.md 8.1)")
    func official() throws {
        let file = try Examples.json(
            """
            {"highPriorityMessageFrequency":"PT7M","lowPriorityMessageFrequency":"PT5H","snapshotFrequency":"PT13H","maxLocalCacheSizeInBytes":2560000,
            "maxMessageSizeInBytes":204800,"eventPriorityConnectedHardware":"Low","eventPriorityListeningPorts":"High","eventPriorityProcessCreate":"Low",
            "eventPriorityProcessTerminate":"Low","eventPrioritySystemInformation":"Low","eventPriorityLocalUsers":"High","eventPriorityLogin":"High",
            "eventPriorityConnectionCreate":"Low","eventPriorityFirewallConfiguration":"Low","eventPriorityOSBaseline":"Low","eventPriorityDiagnostic":"Low",
            "eventPriorityConfigurationError":"Low","eventPriorityDroppedEventsStatistics":"Low","eventPriorityMessageStatistics":"Low","aggregationEnabledProcessCreate":true,
            "aggregationIntervalProcessCreate":"PT1H","aggregationEnabledConnectionCreate":true,"aggregationIntervalConnectionCreate":"PT1H","aggregationEnabledProcessTerminate":true,
            "aggregationIntervalProcessTerminate":"PT1H"}
            """)
        #expect(file.count == 25)
        for (name, json) in file.members {
            let key = try #require(ConfigurationKey.named(name, in: .classic))
            var written = JSONWriter()
            try #require(key.documentedDefault).write(to: &written)
            #expect(written.bytes == Array(json.raw))
        }
    }

    @Test("agent C's own default differs where its source differs (defender.md section 9, no. 1)")
    func differing() {
        let key = ConfigurationKey.named("maxLocalCacheSizeInBytes", in: .classic)
        #expect(key?.defaultValue(of: .c) == .integer(10_485_760))
        #expect(key?.defaultValue(of: .csharp) == .integer(2_560_000))
        #expect(key?.defaultValue(of: .micro) == nil)
    }

    @Test("the page has a row and an object for each key")
    func page() throws {
        let json = try JSONDocument(parsing: KeysPage.json()).root
        #expect(json.count == 73)
        for module in SecurityModule.allCases {
            let rows = KeysPage.rows(of: module)
            #expect(rows.count == ConfigurationKey.all(of: module).count + 1)
            #expect(rows.allSatisfy { $0.count == rows[0].count })
        }
    }
}
