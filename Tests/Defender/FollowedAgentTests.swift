import JSON
import Testing

@testable import Defender

@Suite("What an agent is foretold to run with (defender.md section 2.3)")
struct FollowedAgentTests {
    @Test("a partial notification sets every other key back, and the next document brings it back (8.2)")
    func trap() throws {
        for kind in [AgentKind.c, .csharp] {
            var agent = FollowedAgent(kind)
            agent.receive(try Examples.delivery(.document, Examples.minimal, version: 2))
            #expect(agent.running?["eventPriorityConnectionCreate"] == .word("High"))
            agent.receive(
                try Examples.delivery(.patch, "\"highPriorityMessageFrequency\":{\"value\":\"PT5M\"}", version: 3))
            #expect(agent.running?["eventPriorityConnectionCreate"] == .word("Low"))
            #expect(agent.running?["highPriorityMessageFrequency"]?.text == "PT5M")
            let desired = try Examples.desired(
                "\"highPriorityMessageFrequency\":{\"value\":\"PT5M\"},\"eventPriorityConnectionCreate\":{\"value\":\"High\"}"
            )
            let comparison = ConfigurationComparison(
                of: agent, desired: desired, version: 3, reported: try Examples.json("{}"))
            #expect(comparison.drift.map(\.key) == ["eventPriorityConnectionCreate"])
            #expect(comparison.drift.first?.differences == [.resetByPatch(version: 3)])
            agent.receive(ConfigurationDelivery(.document, version: 3, desired: desired, of: .classic))
            #expect(
                ConfigurationComparison(of: agent, desired: desired, version: 3, reported: try Examples.json("{}"))
                    .drift.isEmpty)
        }
    }

    @Test("a notification that does not touch the object resets everything")
    func untouched() throws {
        var agent = FollowedAgent(.c)
        agent.receive(try Examples.delivery(.document, Examples.minimal, version: 2))
        let patch = ConfigurationDelivery(
            .patch, version: 3, desired: try Examples.json("{\"other\":1}"), of: .classic)
        agent.receive(patch)
        #expect(agent.running == RunningConfiguration(defaultsOf: .c))
    }

    @Test("at the start agent C runs on its defaults and agent C# does not start")
    func badStart() throws {
        let bad = try Examples.delivery(.document, Examples.invalid, version: 4)
        var c = FollowedAgent(.c)
        c.receive(bad)
        #expect(c.running == RunningConfiguration(defaultsOf: .c))
        var csharp = FollowedAgent(.csharp)
        csharp.receive(bad)
        #expect(csharp.state == .stopped)
        #expect(csharp.running == nil)
        // A notification does not wake it; being started again does.
        csharp.receive(try Examples.delivery(.patch, Examples.minimal, version: 5))
        #expect(csharp.state == .stopped)
        csharp.receive(try Examples.delivery(.document, Examples.minimal, version: 5))
        #expect(csharp.running?["eventPriorityConnectionCreate"] == .word("High"))
    }

    @Test("a bad update is refused whole, and what was in force stays")
    func badUpdate() throws {
        for kind in [AgentKind.c, .csharp] {
            var agent = FollowedAgent(kind)
            agent.receive(try Examples.delivery(.document, Examples.minimal, version: 2))
            agent.receive(try Examples.delivery(.patch, Examples.invalid, version: 4))
            #expect(agent.running?["eventPriorityConnectionCreate"] == .word("High"))
            let keys = try #require(agent.refusal).keys
            let comparison = ConfigurationComparison(
                of: agent, desired: try Examples.desired(Examples.invalid), version: 4,
                reported: try Examples.json("{}"))
            let row = try #require(comparison.rows.first { $0.key == "eventPriorityLogin" })
            #expect(row.differences == [.refused(version: 4, keys: keys)])
        }
    }

    @Test("priorities are compared without case and durations by value, so agent C agrees")
    func agreement() throws {
        var agent = FollowedAgent(.c)
        let members =
            "\"snapshotFrequency\":{\"value\":\"PT24H\"},\"eventPriorityLogin\":{\"value\":\"HIGH\"}"
        agent.receive(try Examples.delivery(.document, members, version: 2))
        let running = try #require(agent.running)
        let reported = try JSONDocument(parsing: ReportedConfiguration.patch(running)).root
        #expect(reported[SecurityModule.objectName]?["snapshotFrequency"]?["value"]?.string == "P1D")
        let comparison = ConfigurationComparison(
            of: agent, desired: try Examples.desired(members), version: 2, reported: reported)
        #expect(comparison.drift.isEmpty)
    }

    @Test("another reported value is drift, and an unknown key is none")
    func differences() throws {
        var agent = FollowedAgent(.c)
        agent.receive(try Examples.delivery(.document, "\"foreign\":{\"value\":1}", version: 2))
        let comparison = ConfigurationComparison(
            of: agent, desired: try Examples.desired("\"foreign\":{\"value\":1}"), version: 2,
            reported: try Examples.desired("\"snapshotFrequency\":{\"value\":\"PT1H\"}"))
        #expect(comparison.drift.map(\.key) == ["snapshotFrequency"])
        #expect(comparison.rows.last?.differences == [.unknownToAgent])
        #expect(comparison.rows.last?.isDrift == false)
    }

    @Test("what has not been delivered is said to be so")
    func undelivered() throws {
        let desired = try Examples.desired("\"snapshotFrequency\":{\"value\":\"PT1H\"}")
        let comparison = ConfigurationComparison(
            of: FollowedAgent(.c), desired: desired, version: 2, reported: try Examples.json("{}"))
        #expect(comparison.state == .waiting)
        #expect(comparison.drift.first?.differences == [.notDelivered])
    }

    @Test("an agent of before the hub's start speaks by what it has reported")
    func reportedBefore() throws {
        let desired = try Examples.desired(
            "\"snapshotFrequency\":{\"value\":\"PT24H\"},\"eventPriorityLogin\":{\"value\":\"Off\"}")
        let reported = try Examples.desired(
            "\"snapshotFrequency\":{\"value\":\"P1D\"},\"eventPriorityLogin\":{\"value\":\"high\"}")
        let comparison = ConfigurationComparison(
            of: FollowedAgent(.c), desired: desired, version: 2, reported: reported)
        #expect(comparison.drift.map(\.key) == ["eventPriorityLogin"])
    }

    @Test("what the micro agent calls invalid drifts")
    func invalid() throws {
        let desired = try Examples.json("{\"Process_Mode\":2}")
        var agent = FollowedAgent(.micro)
        agent.receive(ConfigurationDelivery(.document, version: 2, desired: desired, of: .micro))
        for fields in ["[\"Process_Mode\"]", "\"Login_UsePAM, Process_Mode\""] {
            let reported = try Examples.json("{\"latest_state\":\"failed\",\"latest_invalid_fields\":\(fields)}")
            let row = ConfigurationComparison(of: agent, desired: desired, version: 2, reported: reported).rows
                .first { $0.key == "Process_Mode" }
            #expect(row?.differences == [.reportedInvalid])
        }
    }

    @Test("the micro agent keeps what a patch does not name, and forgets what it removes")
    func micro() throws {
        func delivery(_ form: ConfigurationDelivery.Form, _ text: String, _ version: UInt64) throws
            -> ConfigurationDelivery
        {
            ConfigurationDelivery(form, version: version, desired: try Examples.json(text), of: .micro)
        }
        var agent = FollowedAgent(.micro)
        agent.receive(try delivery(.document, "{\"Process_Mode\":2,\"Login_UsePAM\":true}", 2))
        agent.receive(try delivery(.patch, "{\"Process_Mode\":3}", 3))
        #expect(agent.running?["Process_Mode"] == .integer(3))
        #expect(agent.running?["Login_UsePAM"] == .boolean(true))
        agent.receive(try delivery(.patch, "{\"Login_UsePAM\":null}", 4))
        #expect(agent.running?["Login_UsePAM"] == .boolean(false))
        agent.receive(try delivery(.patch, "{\"Process_Mode\":9}", 5))
        #expect(agent.refusal?.keys == ["Process_Mode"])
        #expect(agent.running?["Process_Mode"] == .integer(3))
        agent.receive(try delivery(.patch, "{\"Process_Mode\":1}", 6))
        #expect(agent.refusal == nil)
    }
}
