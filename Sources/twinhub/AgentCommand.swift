import ArgumentParser
import Defender
import Dispatch
import Emulator
import Glibc
import Reactor
import Simulator
import Synchronization

/// `twinhub agent`: security agents that are not there.
struct AgentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent", abstract: "Play the security agents of devices.", subcommands: [Simulate.self])

    struct Simulate: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "simulate",
            abstract: "Run security agents that read their twins, obey and report them, and send security events.",
            discussion: """
                The agents are those of the devices that are named, or whose twin meets --where; with --create, of --count devices \
                that are made and secured; otherwise of the devices that have the module. Each keeps to the rules of its kind: how it reads its twin, what \
                it reports, which events it sends when.

                Drifting agents, every other one, keep their first configuration, or report their defaults whatever they \
                run with. Silent ones sign in, read their twin and say no more.

                Results are JSON lines on standard output. The run ends after --seconds, or when --changes have been \
                reported, or with Ctrl-C.
                """)

        @Argument(help: "Devices. (default: those that have the module)")
        var devices: [String] = []
        @Option(name: .customLong("where"), help: "Devices whose twin meets this condition of the query language.")
        var condition: String?
        @OptionGroup var server: ServerOption
        @Option(help: "Agents; with --create, devices to make.")
        var count: Int?
        @Option(help: "c, csharp or micro.")
        var kind: AgentKind = .c
        @Flag(help: "Make devices and secure them. What is there already gets its key anew.")
        var create = false
        @Option(help: "What the names of devices that are made begin with.")
        var prefix = "agent"
        @Option(help: "HOST:PORT of an MQTT server, in place of the one running on the data folder.")
        var hub: String?
        @Option(help: "With --hub: the roots that its certificate chains to. (default: MQTT in clear)")
        var ca: String?
        @Option(help: "With --hub: the hub's own name. (default: HOST)")
        var hubName: String?
        @Option(help: "Lines of {deviceId, moduleId, key}.")
        var identities: String?

        @Option(help: "How many times faster than in life the agents' time passes.")
        var speed = 1.0
        @Option(help: "Share of the agents that do not follow their twin, 0 to 1.")
        var drift = 0.0
        @Option(help: "Share of the agents that say nothing, 0 to 1.")
        var silent = 0.0
        @Option(help: "Share of the agents whose baseline checks fail, 0 to 1.")
        var baselineFailures = 0.0
        @Option(help: "The same seed gives the same agents and events.")
        var seed: UInt64 = 1
        @Option(help: "End after so many seconds.")
        var seconds: Int?
        @Option(help: "End when so many changes of the twins have been reported by all.")
        var changes: Int?
        @Option(help: "Agents dialled a second.")
        var connectRate = 2000
        @Option(help: "Event loops. (default: one for each core)")
        var shards: Int?

        func validate() throws {
            for (flag, value) in [
                ("--count", count ?? 1), ("--seconds", seconds ?? 1), ("--changes", changes ?? 1),
                ("--connect-rate", connectRate), ("--shards", shards ?? 1),
            ] where value < 1 {
                throw ValidationError("\(flag) must be at least 1.")
            }
            for (flag, share) in [
                ("--drift", drift), ("--silent", silent), ("--baseline-failures", baselineFailures),
            ] where !(0...1).contains(share) {
                throw ValidationError("\(flag) is a share from 0 to 1.")
            }
            guard drift + silent <= 1 else { throw ValidationError("--drift and --silent together are at most 1.") }
            guard (0.001...1_000_000).contains(speed) else {
                throw ValidationError("--speed is from 0.001 to 1000000.")
            }
            guard seconds == nil || changes == nil else { throw ValidationError("--seconds or --changes, not both.") }
            guard !create || count != nil else { throw ValidationError("--create goes with --count.") }
            let sources = [create, identities != nil, !devices.isEmpty, condition != nil].count { $0 }
            guard sources <= 1 else {
                throw ValidationError("Name devices, or --where, or --create, or --identities: one.")
            }
            guard hub == nil || identities != nil else { throw ValidationError("--hub goes with --identities.") }
        }

        func run() throws {
            try Failures.reported {
                let target = try LoadTarget(hub: hub, ca: ca, hubName: hubName, server)
                let crowd = try crowd()
                let reactor = try Reactor(shards: shards ?? Reactor.processorCount)
                let room = reactor.limits.connections
                guard crowd.count <= room else {
                    throw StartFailure(
                        "\(crowd.count) agents need as many descriptors, and this process may have \(room) (ulimit -n)")
                }
                let done = DispatchSemaphore(value: 0)
                let failure = Mutex<String?>(nil)
                let run = AgentRun(plan, crowd, of: target.address, on: reactor.shards) { report in
                    AgentLines.write(report)
                    guard case .ended(let summary) = report else { return }
                    failure.withLock { $0 = summary.failure }
                    done.signal()
                }
                run.start()
                let interrupts = Interrupts { run.stop() }
                done.wait()
                withExtendedLifetime((run, interrupts)) {}
                if let text = failure.withLock({ $0 }) { throw StartFailure(text) }
            }
        }

        private func crowd() throws -> [ClientIdentity] {
            let module = kind.module
            let all: [ClientIdentity]
            if let identities {
                all = try LoadIdentities.read(identities)
            } else {
                let hub = try server.client()
                if create { return try AgentIdentities.create(count ?? 1, prefix: prefix, module, hub) }
                all =
                    devices.isEmpty
                    ? try AgentIdentities.all(having: module, where: condition, limit: count, hub)
                    : try AgentIdentities.named(devices, module, hub)
            }
            if let count, all.count < count {
                throw StartFailure("there are \(all.count) agents to play, not \(count)")
            }
            return Array(all.prefix(count ?? all.count))
        }

        private var plan: AgentPlan {
            var plan = AgentPlan(kind)
            plan.speed = speed
            plan.drift = drift
            plan.silent = silent
            plan.baselineFailures = baselineFailures
            plan.seed = seed
            plan.connectionsPerSecond = connectRate
            plan.end = seconds.map { .afterSeconds($0) } ?? changes.map { .afterChanges($0) } ?? .never
            return plan
        }
    }
}

/// Ctrl-C and SIGTERM, turned into a call.
private final class Interrupts {
    private let sources: [any DispatchSourceSignal]

    init(_ stop: @escaping @Sendable () -> Void) {
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { stop() }
            source.resume()
            return source
        }
    }
}
