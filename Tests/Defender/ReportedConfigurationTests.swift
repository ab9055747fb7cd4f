import JSON
import Testing

@testable import Defender

@Suite("What the agents report (defender.md sections 2.4 and 3.3)")
struct ReportedConfigurationTests {
    @Test(
        "examples 8.3 and 8.4 come out of example 8.2",
        arguments: [(AgentKind.c, Examples.reportedByC), (.csharp, Examples.reportedByCSharp)])
    func examples(agent: AgentKind, expected: String) throws {
        let desired = try Examples.desired(Examples.minimal)
        guard case .accepted(let configuration) = ConfigurationReader.read(desired, as: agent) else {
            Issue.record("it was refused")
            return
        }
        let written = try JSONDocument(parsing: ReportedConfiguration.patch(configuration)).root
        let object = try #require(written[SecurityModule.objectName])
        let example = try Examples.json("{\(expected)}")
        #expect(Examples.members(object) == Examples.members(example))
        #expect(object.members.map(\.key) == example.members.map(\.key))
    }

    @Test("the micro agent reports success or the invalid fields (8.5)")
    func micro() {
        #expect(
            String(decoding: ReportedConfiguration.microPatch(invalid: ["Process_Mode"]), as: UTF8.self)
                == "{\"latest_state\":\"failed\",\"latest_invalid_fields\":[\"Process_Mode\"]}")
        #expect(
            String(decoding: ReportedConfiguration.microPatch(invalid: []), as: UTF8.self)
                == "{\"latest_state\":\"success\",\"latest_invalid_fields\":null}")
    }
}
