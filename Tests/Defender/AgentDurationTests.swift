import Testing

@testable import Defender

@Suite("Durations as the classic agents read and write them (defender.md section 2.3)")
struct AgentDurationTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let text: String
        let c: UInt64?
        let csharp: UInt64?
        var testDescription: String { text }
    }

    static let rows: [Row] = [
        Row(text: "PT7M", c: 420_000, csharp: 420_000),
        Row(text: "PT5H", c: 18_000_000, csharp: 18_000_000),
        Row(text: "P1DT2H3M4S", c: 93_784_000, csharp: 93_784_000),
        Row(text: "P1M", c: 2_592_000_000, csharp: 2_592_000_000),
        Row(text: "P1W", c: 604_800_000, csharp: nil),
        Row(text: "P1Y", c: nil, csharp: 31_536_000_000),
        Row(text: "P1YT1S", c: 1000, csharp: 31_536_001_000),
        Row(text: "PT0S", c: nil, csharp: 0),
        Row(text: "PT1.5S", c: nil, csharp: 1500),
        Row(text: "PT1.05S", c: nil, csharp: 1050),
        Row(text: "PT1.5M", c: nil, csharp: nil),
        Row(text: "pt7m", c: nil, csharp: nil),
        Row(text: "PT7m", c: nil, csharp: nil),
        Row(text: "7 minutes", c: nil, csharp: nil),
        Row(text: "PT", c: nil, csharp: nil),
        Row(text: "P", c: nil, csharp: nil),
        Row(text: "", c: nil, csharp: nil),
        Row(text: "P7M7M", c: nil, csharp: nil),
        Row(text: "PT1S1M", c: nil, csharp: nil),
        Row(text: "PT1H ", c: nil, csharp: nil),
        Row(text: "P49DT17H2M47S", c: 4_294_967_000, csharp: 4_294_967_000),
        Row(text: "P49DT17H2M48S", c: nil, csharp: 4_294_968_000),
        Row(text: "PT99999999999999999999S", c: nil, csharp: nil),
        Row(text: "P999999999999999D", c: nil, csharp: nil),
    ]

    @Test("each dialect accepts what its agent accepts", arguments: rows)
    func dialects(row: Row) {
        #expect(AgentDuration(row.text, as: .c)?.milliseconds == row.c)
        #expect(AgentDuration(row.text, as: .dotNet)?.milliseconds == row.csharp)
    }

    @Test(
        "agent C reports months, weeks and days first, agent C# days",
        arguments: [
            ("PT24H", "P1D", "P1D"), ("PT168H", "P1W", "P7D"), ("P30D", "P1M", "P30D"),
            ("P38DT1H", "P1M1W1DT1H", "P38DT1H"), ("PT7M", "PT7M", "PT7M"), ("PT90S", "PT1M30S", "PT1M30S"),
        ])
    func written(text: String, byC: String, byCSharp: String) throws {
        let duration = try #require(AgentDuration(text, as: .c))
        #expect(duration.cText == byC)
        #expect(duration.xmlText == byCSharp)
    }

    @Test("a fraction of a second keeps the digits that it needs")
    func fraction() {
        #expect(AgentDuration(milliseconds: 1500).xmlText == "PT1.5S")
        #expect(AgentDuration(milliseconds: 1050).xmlText == "PT1.05S")
        #expect(AgentDuration(milliseconds: 0).xmlText == "PT0S")
    }
}
