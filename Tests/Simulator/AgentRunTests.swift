import Defender
import MQTT
import Reactor
import TestSupport
import Testing

@testable import Simulator

@Suite("A run of agents")
struct AgentRunTests {
    private static let twin = #"{"desired":{"$version":4},"reported":{"$version":1}}"#

    /// Runs it to its end against a scripted hub.
    private func run(
        _ plan: AgentPlan, _ script: ScriptedBroker.Script
    ) throws -> (reports: [String], summary: AgentSummary, seen: ScriptedBroker.Seen) {
        let (reactor, other) = (try Reactor(shards: 2), try Reactor(shards: 1))
        let (ended, down) = (Signal(), Signal())
        defer {
            reactor.shutDown { down.fire() }
            other.shutDown { down.fire() }
            _ = down.wait(times: 2)
        }
        let broker = try ScriptedBroker(on: other, script)
        let (reports, last) = (Box<[String]>([]), Box(AgentSummary()))
        var plan = plan
        plan.settings.backoff = Backoff(first: 1, ceiling: 1)
        let run = AgentRun(
            plan, (0..<20).map { .module("m\($0)") },
            of: ServerAddress(host: "127.0.0.1", port: broker.port, hubName: "hub.localhost", tls: nil),
            on: reactor.shards
        ) { report in
            switch report {
            case .started: reports.update { $0.append("started") }
            case .told(let change, _): reports.update { $0.append("told \(change)") }
            case .reported(let change, _): reports.update { $0.append("reported \(change)") }
            case .progress: break
            case .ended(let summary):
                last.update { $0 = summary }
                ended.fire()
            }
        }
        run.start()
        #expect(ended.wait())
        return withExtendedLifetime(run) { (reports.value, last.value, broker.seen.value) }
    }

    @Test("ends when every agent has read its twin, was told its changes and has reported them")
    func changes() throws {
        var plan = AgentPlan(.csharp)
        (plan.end, plan.drift, plan.silent) = (.afterChanges(2), 0.1, 0.1)
        let (reports, summary, seen) = try run(plan, ScriptedBroker.Script(twin: Self.twin, versions: [5, 6]))
        #expect(Set(reports).isSuperset(of: ["started", "reported 1", "reported 2"]))
        #expect(summary.failure == nil)
        #expect((summary.agents, summary.drifting, summary.silent) == (20, 2, 2))
        #expect((summary.counts.told, summary.counts.missing) == (40, 0))
        #expect(Set(seen.identities) == Set((0..<20).map { "d1/m\($0)" }))
    }

    @Test("agents that are cut come back, and read their twins again")
    func cut() throws {
        var plan = AgentPlan(.csharp)
        plan.end = .afterChanges(1)
        let script = ScriptedBroker.Script(twin: Self.twin, versions: [5], cuts: [1, 2, 3])
        let (_, summary, seen) = try run(plan, script)
        #expect(summary.failure == nil)
        #expect((summary.counts.losses, summary.counts.missing) == (3, 0))
        #expect(seen.connections == 23)
    }

    @Test("a twin that is none ends it, with the reason")
    func noTwin() throws {
        let (_, summary, _) = try run(AgentPlan(.c), ScriptedBroker.Script())
        #expect(summary.failure?.hasSuffix("its twin was answered with 200") == true)
    }
}
