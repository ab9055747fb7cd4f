import MQTT
import Reactor
import TestSupport
import Testing

@testable import Simulator

@Suite("A load run")
struct LoadRunTests {
    /// Runs it to its end against a scripted hub.
    private func run(
        _ plan: LoadPlan, clients: Int = 20, host: String = "127.0.0.1",
        _ script: ScriptedBroker.Script = ScriptedBroker.Script()
    ) throws -> (reports: [String], summary: LoadSummary, seen: ScriptedBroker.Seen) {
        let (reactor, other) = (try Reactor(shards: 2), try Reactor(shards: 1))
        let (ended, down) = (Signal(), Signal())
        defer {
            reactor.shutDown { down.fire() }
            other.shutDown { down.fire() }
            _ = down.wait(times: 2)
        }
        let broker = try ScriptedBroker(on: other, script)
        let (reports, last) = (Box<[String]>([]), Box(LoadSummary()))
        let work = plan.work
        var plan = plan
        plan.settings.filters = ClientSettings.twinFilters
        let run = LoadRun(
            plan, (0..<clients).map { .module("m\($0)") },
            of: ServerAddress(host: host, port: broker.port, hubName: "hub.localhost", tls: nil),
            on: reactor.shards
        ) { report in
            switch report {
            case .connected:
                reports.update { $0.append("connected") }
                if work == .reconnect { other.closeConnections() }
            case .told(let round, _): reports.update { $0.append("told \(round)") }
            case .back: reports.update { $0.append("back") }
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

    @Test("connects every client once and holds it")
    func connects() throws {
        let (reports, summary, seen) = try run(LoadPlan(.connect(holdSeconds: 1)))
        #expect(reports == ["connected"])
        #expect(summary.failure == nil)
        #expect(summary.counts.connections == 20)
        #expect(Set(seen.identities) == Set((0..<20).map { "d1/m\($0)" }))
    }

    @Test("telemetry ends when everything that was sent is acknowledged", arguments: [nil, 200])
    func telemetry(perSecond: Int?) throws {
        let (_, summary, seen) = try run(LoadPlan(.telemetry(seconds: 1, perSecond: perSecond)), clients: 4)
        #expect(summary.failure == nil)
        #expect(summary.counts.published > 0)
        #expect(summary.counts.acknowledged == summary.counts.published)
        #expect(seen.messages.count == summary.counts.published)
        #expect(summary.latencies.count > 0)
    }

    @Test("a change has been told when every client has it; versions follow each other")
    func fanOut() throws {
        let script = ScriptedBroker.Script(greets: [8, 9])
        let (reports, summary, _) = try run(LoadPlan(.fanOut(rounds: 2)), script)
        #expect(reports.filter { $0.hasPrefix("told") } == ["told 1", "told 2"])
        #expect(summary.failure == nil)
        #expect(summary.counts.received == 40)
    }

    @Test("a missing version ends it")
    func gap() throws {
        let (_, summary, _) = try run(LoadPlan(.fanOut(rounds: 2)), ScriptedBroker.Script(greets: [8, 10]))
        #expect(summary.failure?.hasSuffix("desired version 10 behind 8") == true)
    }

    @Test("waits until all that were cut are back, in the sessions that were kept")
    func reconnects() throws {
        let (reports, summary, seen) = try run(LoadPlan(.reconnect))
        #expect(reports == ["connected", "back"])
        #expect(summary.failure == nil)
        #expect(summary.counts.losses == 20)
        #expect(summary.counts.sessionsPresent == 20)
        #expect(seen.subscribes == 20)
    }

    @Test("an address that is none ends it, with the reason")
    func addressIsNone() throws {
        let (_, summary, _) = try run(LoadPlan(.connect(holdSeconds: 1)), host: "no-address")
        #expect(summary.failure?.contains("no-address") == true)
    }

    @Test("a refusal ends it, with the reason")
    func refused() throws {
        let (_, summary, _) = try run(
            LoadPlan(.connect(holdSeconds: 1)), ScriptedBroker.Script(refuses: .notAuthorized))
        #expect(summary.failure?.hasSuffix("refused, notAuthorized") == true)
    }
}
