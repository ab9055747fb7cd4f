import ArgumentParser
import Dispatch
import Emulator
import MQTT
import Reactor
import Simulator
import Synchronization

/// `twinhub load`: what a hub does when many devices are there.
struct LoadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load", abstract: "Drive a hub with simulated devices over MQTT.",
        discussion: """
            connect holds the clients for --seconds; telemetry sends at QoS 1 for --seconds; fanout waits until all have \
            been told --rounds changes of desired properties; reconnect waits until the server has gone and all are back; \
            receive takes messages in until none has come for --seconds.

            Results are JSON lines on standard output, times in them seconds of the machine's monotonic clock. Every \
            answer is checked; a wrong one ends the run with status 1.
            """)

    enum Mode: String, ExpressibleByArgument, CaseIterable { case connect, telemetry, fanout, reconnect, receive }

    @Argument(help: "connect, telemetry, fanout, reconnect or receive.")
    var mode: Mode
    @OptionGroup var server: ServerOption
    @Option(help: "HOST:PORT of an MQTT server, in place of a running TwinHub's.")
    var hub: String?
    @Option(help: "With --hub: the roots that its certificate chains to. (default: MQTT in clear)")
    var ca: String?
    @Option(help: "With --hub: the hub's own name. (default: HOST)")
    var hubName: String?
    @Option(help: "Lines of {deviceId, moduleId, key}. (default: identities that are created)")
    var identities: String?
    @Flag(help: "With --hub: any MQTT broker, without credentials.")
    var plain = false

    @Option(help: "Clients; their modules, with --modules.")
    var clients = 1000
    @Option(help: "What the names of clients and devices begin with.")
    var prefix = "load"
    @Option(help: "Connect modules, so many of each device that is created; 0 for devices.")
    var modules = 0
    @Option(help: "Seconds of the work.")
    var seconds = 10
    @Option(help: "Changes that each client is to be told.")
    var rounds = 1
    @Option(help: "Telemetry messages a second, of all clients. (default: as many as the window allows)")
    var rate: Int?
    @Option(help: "Messages at QoS 1 that a client has under way at once.")
    var window = 32
    @Option(help: "Bytes of a telemetry message.")
    var payload = 200
    @Option(help: "Clients dialled a second.")
    var connectRate = 5000
    @Option(help: "Event loops. (default: one for each core)")
    var shards: Int?
    @Option(help: "Further topic filters, QoS 1 (repeatable).")
    var filter: [String] = []

    func validate() throws {
        for (flag, value, least) in [
            ("--clients", clients, 1), ("--modules", modules, 0), ("--seconds", seconds, 1), ("--rounds", rounds, 1),
            ("--window", window, 1), ("--payload", payload, 0), ("--connect-rate", connectRate, 1),
            ("--shards", shards ?? 1, 1), ("--rate", rate ?? 1, 1),
        ] where value < least {
            throw ValidationError("\(flag) must be at least \(least).")
        }
        guard !plain || hub != nil else { throw ValidationError("--plain goes with --hub.") }
        guard hub == nil || plain || identities != nil else {
            throw ValidationError("--hub goes with --identities or --plain.")
        }
        guard window <= 1000 else { throw ValidationError("--window must be at most 1000.") }
    }

    func run() throws {
        try Failures.reported {
            let target = try LoadTarget(hub: hub, ca: ca, hubName: hubName, server)
            let crowd = try crowd()
            let reactor = try Reactor(shards: shards ?? Reactor.processorCount)
            let room = reactor.limits.connections
            guard crowd.count <= room else {
                throw StartFailure(
                    "\(crowd.count) clients need as many descriptors, and this process may have \(room) (ulimit -n)")
            }
            let done = DispatchSemaphore(value: 0)
            let failure = Mutex<String?>(nil)
            let run = LoadRun(plan, crowd, of: target.address, on: reactor.shards) { report in
                LoadLines.write(report)
                guard case .ended(let summary) = report else { return }
                failure.withLock { $0 = summary.failure }
                done.signal()
            }
            run.start()
            done.wait()
            withExtendedLifetime(run) {}
            if let text = failure.withLock({ $0 }) { throw StartFailure(text) }
        }
    }

    private func crowd() throws -> [ClientIdentity] {
        if plain { return (0..<clients).map { .plain("\(prefix)-\($0)") } }
        if let identities { return try LoadIdentities.read(identities) }
        return try LoadIdentities.create(
            clients, modulesEach: modules, prefix: prefix, server.client())
    }

    private var plan: LoadPlan {
        var plan = LoadPlan(work)
        plan.settings.filters = plain || mode == .telemetry ? [] : ClientSettings.twinFilters
        plan.settings.filters += filter.map { ($0, .atLeastOnce) }
        plan.settings.window = window
        plan.settings.reconnects = true
        plan.payloadBytes = payload
        plan.connectionsPerSecond = connectRate
        return plan
    }

    private var work: LoadPlan.Work {
        switch mode {
        case .connect: .connect(holdSeconds: seconds)
        case .telemetry: .telemetry(seconds: seconds, perSecond: rate)
        case .fanout: .fanOut(rounds: rounds)
        case .reconnect: .reconnect
        case .receive: .receive(idleSeconds: seconds)
        }
    }
}
