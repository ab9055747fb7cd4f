import Defender
import JSON
import Testing
import Vocabulary

@testable import Simulator

/// An agent with a clock that the test moves.
private struct Bench {
    var agent: SimulatedAgent
    var now = SimulatedAgent.Moment(elapsed: 0, wall: Timestamp(unixSeconds: 1_577_965_166))

    init(_ kind: AgentKind, _ conduct: AgentCharacter.Conduct = .obedient, failsBaseline: Bool = false) {
        let character = AgentCharacter(
            kind: kind, seed: 7, number: 3, conduct: conduct, failsBaseline: failsBaseline)
        agent = SimulatedAgent(character, host: "d3")
    }

    private func delivery(
        _ form: ConfigurationDelivery.Form, _ version: UInt64, _ settings: String
    ) throws -> ConfigurationDelivery {
        let isMicro = agent.character.kind == .micro
        let text = isMicro ? settings : "{\"\(SecurityModule.objectName)\":\(settings)}"
        return ConfigurationDelivery(
            form, version: version, desired: try JSONDocument(parsing: text).root, of: agent.character.kind.module)
    }

    /// The agent's first reading of its twin.
    mutating func start(_ settings: String = "{}") throws -> [SimulatedAgent.Action] {
        agent.receive(try delivery(.document, 1, settings), at: now, room: .max)
    }

    mutating func patch(_ version: UInt64, _ settings: String) throws -> [SimulatedAgent.Action] {
        agent.receive(try delivery(.patch, version, settings), at: now, room: .max)
    }

    /// Moves the clock from one thing that is due to the next, for so many seconds.
    mutating func pass(seconds: UInt64) -> [SimulatedAgent.Action] {
        let end = now.elapsed + seconds * 1000
        var actions: [SimulatedAgent.Action] = []
        while let due = agent.due, due <= end {
            move(to: max(due, now.elapsed))
            actions += agent.timePassed(now, room: .max)
        }
        move(to: end)
        return actions
    }

    private mutating func move(to elapsed: UInt64) {
        now.wall = now.wall.adding(seconds: Double(elapsed - now.elapsed) / 1000)
        now.elapsed = elapsed
    }
}

extension [SimulatedAgent.Action] {
    fileprivate var reports: [String] {
        compactMap { if case .report(let patch, _) = $0 { String(decoding: patch, as: UTF8.self) } else { nil } }
    }

    fileprivate var messages: [AgentMessage] {
        compactMap { if case .send(let message) = $0 { message } else { nil } }
    }

    fileprivate var refused: [[String]] {
        compactMap { if case .refused(_, let keys) = $0 { keys } else { nil } }
    }

    fileprivate var settled: [UInt64] {
        compactMap { if case .settled(let version) = $0 { version } else { nil } }
    }

    fileprivate func events() throws -> [JSONValue] {
        try messages.flatMap { message in
            let root = try JSONDocument(parsing: message.body).root
            return (root["Events"] ?? root["events"])!.elements.map { $0 }
        }
    }

    fileprivate func names() throws -> [String] {
        try events().map { $0["Name"]?.string ?? $0["payload_type"]?.string ?? "" }
    }
}

@Suite("A simulated agent")
struct SimulatedAgentTests {
    // MARK: Its twin

    @Test("reports at its start what it runs with, in its own words")
    func reports() throws {
        var c = Bench(.c)
        let said = try c.start(#"{"snapshotFrequency":{"value":"PT24H"}}"#).reports
        #expect(said.count == 1)
        #expect(said[0].contains(#""snapshotFrequency":{"value":"P1D"}"#))
        #expect(said[0].contains(#""eventPriorityLogin":{"value":"high"}"#))
        var csharp = Bench(.csharp)
        #expect(try csharp.start().reports[0].contains(#""eventPriorityConnectedHardware":{"value":"Low"}"#))
        var micro = Bench(.micro)
        #expect(try micro.start().reports == [#"{"latest_state":"success","latest_invalid_fields":null}"#])
    }

    @Test(
        "agent C takes a patch by its ten-second scheduler, agent C# at once; what the patch lacks goes back to the default"
    )
    func patches() throws {
        var c = Bench(.c)
        _ = try c.start(#"{"snapshotFrequency":{"value":"PT2H"}}"#)
        _ = c.pass(seconds: 3)
        #expect(try c.patch(2, #"{"eventPriorityLogin":{"value":"Off"}}"#).isEmpty)
        #expect(c.pass(seconds: 6).reports.isEmpty)
        let said = c.pass(seconds: 1).reports
        #expect(said.count == 1)
        #expect(said[0].contains(#""eventPriorityLogin":{"value":"off"}"#))
        #expect(said[0].contains(#""snapshotFrequency":{"value":"PT13H"}"#))
        var csharp = Bench(.csharp)
        _ = try csharp.start()
        #expect(try csharp.patch(2, #"{"eventPriorityLogin":{"value":"Off"}}"#).reports.count == 1)
    }

    @Test("what is refused is reported by agent C as it still runs, and not at all by agent C#")
    func refusals() throws {
        let bad = #"{"snapshotFrequency":{"value":"often"}}"#
        var c = Bench(.c)
        _ = try c.start(#"{"eventPriorityLogin":{"value":"Low"}}"#)
        _ = try c.patch(2, bad)
        let actions = c.pass(seconds: 10)
        #expect(actions.refused == [["snapshotFrequency"]])
        #expect(actions.reports.count == 1)
        #expect(actions.reports[0].contains(#""eventPriorityLogin":{"value":"low"}"#))
        var csharp = Bench(.csharp)
        _ = try csharp.start()
        let taken = try csharp.patch(2, bad)
        #expect(taken.refused == [["snapshotFrequency"]] && taken.reports.isEmpty && taken.settled == [2])
        var micro = Bench(.micro)
        let failed = try micro.start(#"{"Login_UsePAM":"yes"}"#)
        #expect(failed.reports == [#"{"latest_state":"failed","latest_invalid_fields":["Login_UsePAM"]}"#])
    }

    @Test("agent C# does not start on a configuration that it cannot read, agent C runs on its defaults")
    func badStart() throws {
        let bad = #"{"snapshotFrequency":{"value":"often"}}"#
        var csharp = Bench(.csharp)
        #expect(try csharp.start(bad).reports.isEmpty)
        #expect(csharp.agent.due == nil)
        var c = Bench(.c)
        #expect(try c.start(bad).reports[0].contains(#""snapshotFrequency":{"value":"PT13H"}"#))
        let errors = try c.pass(seconds: 7 * 60).events().filter { $0["Name"]?.string == "ConfigurationError" }
        #expect(
            errors.first?["Payload"]?.elements.first { _ in true }?["Message"]?.string
                == "Couldn't parse the following conifgurations: snapshotFrequenc")
    }

    // MARK: Its events

    @Test("agent C sends what is of high priority after seven minutes first, and every seven minutes")
    func highPriority() throws {
        var c = Bench(.c)
        _ = try c.start()
        #expect(c.pass(seconds: 7 * 60 - 1).messages.isEmpty)
        let names = try c.pass(seconds: 1).names()
        #expect(Set(names).isSuperset(of: ["ListeningPorts", "LocalUsers", "Login"]))
        // Operational events first, what is of low priority last, to fill the message up.
        #expect(names.first == "ConfigurationError")
        #expect(names.last { $0 == "SystemInformation" } != nil)
    }

    @Test("frequencies are obeyed: the message comes when the new one says")
    func frequencies() throws {
        var c = Bench(.c)
        _ = try c.start(
            #"{"highPriorityMessageFrequency":{"value":"PT30S"},"lowPriorityMessageFrequency":{"value":"PT1M"}}"#)
        #expect(c.pass(seconds: 29).messages.isEmpty)
        #expect(c.pass(seconds: 1).messages.count == 1)
        var csharp = Bench(.csharp)
        _ = try csharp.start()
        #expect(csharp.pass(seconds: 0).messages.count >= 1, "agent C# sends at once")
    }

    @Test("a collector that is off collects nothing, and priorities choose the queue")
    func priorities() throws {
        var c = Bench(.c)
        _ = try c.start(
            #"{"eventPriorityListeningPorts":{"value":"Off"},"eventPriorityLogin":{"value":"Low"},"eventPriorityLocalUsers":{"value":"Low"},"eventPriorityOperational":{"value":"Off"}}"#
        )
        #expect(c.pass(seconds: 7 * 60).messages.isEmpty)
        let names = Set(try c.pass(seconds: 5 * 3600).names())
        #expect(names.isSuperset(of: ["Login", "LocalUsers", "SystemInformation"]))
        #expect(names.isDisjoint(with: ["ListeningPorts", "ConfigurationError", "MessageStatistics"]))
    }

    @Test("snapshots come at start and then by their frequency")
    func snapshots() throws {
        var c = Bench(.c)
        _ = try c.start(#"{"snapshotFrequency":{"value":"PT1H"}}"#)
        let events = try c.pass(seconds: 3 * 3600 + 7 * 60).events().filter { $0["Name"]?.string == "ListeningPorts" }
        #expect(events.count == 4)
    }

    @Test(
        "equal events are counted and sent once an interval; agent C writes a number, agent C# a text",
        arguments: [AgentKind.c, .csharp])
    func aggregation(kind: AgentKind) throws {
        var bench = Bench(kind)
        _ = try bench.start()
        let events = try bench.pass(seconds: 11 * 3600).events().filter { $0["Name"]?.string == "ProcessCreate" }
        #expect(events.count > 5)
        var hits = 0
        for event in events {
            #expect(event["Category"]?.string == "Aggregated")
            for item in event["Payload"]!.elements {
                #expect(item["ProcessId"]?.int == 0)
                let count = item["ExtraDetails"]!["HitCount"]!
                #expect(count.kind == (kind == .c ? .number : .string))
                hits += count.int.map { Int($0) } ?? Int(count.string ?? "") ?? 0
            }
        }
        #expect(hits > events.count)
        var plain = Bench(kind)
        _ = try plain.start(#"{"aggregationEnabledProcessCreate":{"value":false}}"#)
        let single = try plain.pass(seconds: 11 * 3600).events().filter { $0["Name"]?.string == "ProcessCreate" }
        #expect(single.allSatisfy { $0["Category"]?.string == "Triggered" })
        #expect(single.count >= hits)
    }

    @Test(
        "every event type that the kind knows is sent within a day",
        arguments: [
            (AgentKind.c, 12), (.csharp, 14), (.micro, 6),
        ])
    func everyType(kind: AgentKind, types: Int) throws {
        var bench = Bench(kind)
        // A cache that is smaller than a message is a conflict, of which agent C# tells.
        _ = try bench.start(kind == .micro ? "{}" : #"{"maxMessageSizeInBytes":{"value":10000}}"#)
        #expect(Set(try bench.pass(seconds: 24 * 3600).names()).count == types)
    }

    @Test("messages stay within the size that is configured")
    func sizes() throws {
        for kind in [AgentKind.c, .csharp] {
            var bench = Bench(kind)
            _ = try bench.start(#"{"maxMessageSizeInBytes":{"value":4096}}"#)
            let messages = bench.pass(seconds: 24 * 3600).messages
            #expect(messages.count > 20)
            for message in messages {
                let events = try JSONDocument(parsing: message.body).root["Events"]!.elements
                let size = events.reduce(0) { $0 + $1.raw.count }
                #expect(kind == .c ? size < 4096 : size * 2 <= 4096)
            }
        }
    }

    @Test("baseline checks fail where they are to fail; else the event is empty")
    func baseline() throws {
        for fails in [true, false] {
            var c = Bench(.c, failsBaseline: fails)
            _ = try c.start()
            let event = try c.pass(seconds: 6 * 3600).events().first { $0["Name"]?.string == "OSBaseline" }
            #expect(event?["IsEmpty"]?.bool == !fails)
        }
    }

    @Test("each kind marks its messages in its own way")
    func marks() throws {
        let mark = "%24.ifid=urn%3Aazureiot%3ASecurity%3ASecurityAgent%3A1"
        let expected: [AgentKind: String] = [
            .c: "%24.ce=application%2Fjson&\(mark)", .csharp: "\(mark)&MessagePriority=High&HubResourceId=",
            .micro: "mti=2.3-0-1-0&\(mark)",
        ]
        for (kind, properties) in expected {
            var bench = Bench(kind)
            _ = try bench.start()
            #expect(bench.pass(seconds: 24 * 3600).messages.contains { $0.properties == properties })
        }
    }

    @Test("the micro agent sends all that is unsent before it takes a change")
    func microFlush() throws {
        var micro = Bench(.micro)
        _ = try micro.start()
        #expect(micro.pass(seconds: 60).messages.isEmpty)
        let actions = try micro.patch(2, #"{"CollectorsCore_PriorityIntervals":"1,2,4"}"#)
        #expect(!actions.messages.isEmpty)
        guard case .report = actions.last else { Issue.record("the report comes last"); return }
        #expect(micro.pass(seconds: 5 * 60).messages.count >= 2)
    }

    @Test("what there is no room for waits")
    func room() throws {
        var c = Bench(.c)
        _ = try c.start()
        _ = c.pass(seconds: 7 * 60 - 1)
        c.now.elapsed += 1000
        #expect(c.agent.timePassed(c.now, room: 0).messages.isEmpty)
        #expect(c.agent.timePassed(c.now, room: 1).messages.count == 1)
    }

    // MARK: Misbehaviour

    @Test("one that ignores its twin keeps its first configuration and reports no other")
    func ignores() throws {
        var c = Bench(.c, .ignores)
        #expect(try c.start().reports.count == 1)
        #expect(try c.patch(2, #"{"highPriorityMessageFrequency":{"value":"PT30S"}}"#).isEmpty)
        let actions = c.pass(seconds: 60)
        #expect(actions.reports.isEmpty && actions.messages.isEmpty)
    }

    @Test("one that reports otherwise obeys, and reports its defaults")
    func reportsOtherwise() throws {
        var c = Bench(.c, .reportsOtherwise)
        let said = try c.start(#"{"highPriorityMessageFrequency":{"value":"PT30S"}}"#).reports
        #expect(said[0].contains(#""highPriorityMessageFrequency":{"value":"PT7M"}"#))
        #expect(c.pass(seconds: 30).messages.count == 1)
    }

    @Test("a silent one says nothing")
    func silent() throws {
        for kind in AgentKind.allCases {
            var bench = Bench(kind, .silent)
            let actions = try bench.start() + bench.pass(seconds: 24 * 3600)
            #expect(actions.reports.isEmpty && actions.messages.isEmpty)
        }
    }

    @Test("the same seed gives the same messages, another number others")
    func seeds() throws {
        var (first, second) = (Bench(.c), Bench(.c))
        _ = try (first.start(), second.start())
        let (one, two) = (first.pass(seconds: 24 * 3600).messages, second.pass(seconds: 24 * 3600).messages)
        #expect(one.map(\.body) == two.map(\.body))
        let other = SimulatedAgent(AgentCharacter(kind: .c, seed: 7, number: 4), host: "d4")
        #expect(other.agentID != first.agent.agentID)
    }
}
