import ArgumentParser
import DeviceAPI
import Emulator
import Endpoints
import Events
import Hub
import Journal

/// `twinhub serve`: runs the hub until it is told to stop.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the hub on a data folder until SIGTERM or SIGINT.")

    @OptionGroup var place: DataOption
    @Flag(help: "Keep nothing on disk; everything is gone when the server stops.")
    var ephemeral = false
    @Option(help: "Load this file of bulk import lines when the data folder is new.")
    var seed: String?
    @Option(help: "The folder whose files imports and exports may name by file: URIs. (default: none)")
    var importExport: String?
    @Option(
        help: "Route events as this file declares. (default: as the hub has it, and without routes all to one endpoint)"
    )
    var routing: String?
    @Option(help: "When a write is acknowledged: commit (on disk), interval (within a second), none.")
    var durability: Durability = .commit
    @Option(help: "When an event for back ends, such as telemetry, is acknowledged: commit, interval, none.")
    var eventsDurability: Durability = .interval
    @Option(help: "How much of them is kept: a size (MiB, GiB), an age (m, h, d), or both.")
    var eventsKeep = EventRetention()

    @Option(help: "Address to listen on. Wider than loopback is for trusted networks only.")
    var bind = "127.0.0.1"
    @Option(help: "HTTPS port, which answers plain HTTP as well; 0 lets the system choose.")
    var httpsPort: UInt16 = 8443
    @Option(help: "MQTT port; 0 lets the system choose.")
    var mqttPort: UInt16 = 8883
    @Option(help: "A further name or IP address by which clients reach the hub (repeatable).")
    var hostName: [String] = []
    @Option(help: "Event loops. (default: one for each core)")
    var shards: Int?
    @Option(help: "Write the ready report as JSON to this file. (default: server.json in the data folder)")
    var readyFile: String?
    @Option(help: "Form of the log lines on standard error: text or json.")
    var logFormat: LogFormat = .text

    @Flag(help: "Refuse everything but TLS.")
    var tlsOnly = false
    @Option(help: "Certificate chain in PEM, in place of the development ones; with --tls-key.")
    var tlsCert: String?
    @Option(help: "The chain's private key in PEM.")
    var tlsKey: String?
    @Option(help: "required, or off: everybody may do everything.")
    var auth: AuthorizationOption = .required
    @Flag(help: "Make random policy keys, kept in the data folder, in place of the well-known ones.")
    var generateKeys = false
    @Option(help: "The CONNACK code that disabled devices get: 5, bad credentials to SDKs, or 3, unavailable.")
    var disabledConnack: MQTTService.DisabledAnswer = .notAuthorized
    @Option(help: "Seconds for which an expired token is still accepted.")
    var sasGrace = 300

    @Option(help: "Refuse what this edition of the real hub would: F1, B1, B2, B3, S1, S2 or S3. (default: nothing)")
    var throttle: HubTier?
    @Option(help: "How many units of it.")
    var throttleUnits = 1

    @Option(help: "Seconds, 1 to 60, by which queries lag behind, as they do in the cloud. (default: they do not)")
    var queryLag: Int?

    @Option(
        help: """
            Security modules that every device has: none, classic, micro or both; classic where no value follows. \
            (default: as the hub has it)
            """)
    var defender: DefenderSettings.Rule?
    @Flag(
        inversion: .prefixedNo,
        help: "Refuse desired values that a security agent would refuse. (default: as the hub has it)")
    var defenderStrict: Bool?

    @OptionGroup(title: "Limits") var limits: LimitOptions

    func validate() throws {
        guard (tlsCert == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-cert and --tls-key go together.")
        }
        if let shards, !(1...Configuration.maximumShards).contains(shards) {
            throw ValidationError("--shards must be 1 to \(Configuration.maximumShards).")
        }
        guard (1...HubTier.maximumUnits).contains(throttleUnits) else {
            throw ValidationError("--throttle-units must be 1 to \(HubTier.maximumUnits).")
        }
        let lags = Configuration.queryLagSeconds
        if let queryLag, !lags.contains(queryLag) {
            throw ValidationError("--query-lag must be \(lags.lowerBound) to \(lags.upperBound).")
        }
        guard sasGrace >= 0 else { throw ValidationError("--sas-grace must not be negative.") }
    }

    func run() throws {
        var configuration = Configuration()
        configuration.dataFolder = ephemeral ? nil : place.data
        configuration.seedFile = seed
        configuration.importExportFolder = importExport
        configuration.routingFile = routing
        configuration.durability = durability
        configuration.eventDurability = eventsDurability
        configuration.eventRetention = eventsKeep
        configuration.bindAddress = bind
        configuration.httpsPort = httpsPort
        configuration.mqttPort = mqttPort
        configuration.hostNames = hostName
        configuration.shards = shards
        configuration.readyFile = readyFile
        configuration.logFormat = logFormat
        configuration.tlsOnly = tlsOnly
        if let tlsCert, let tlsKey { configuration.certificate = (chain: tlsCert, key: tlsKey) }
        configuration.authorization = auth == .off ? .off : .required
        configuration.generatesKeys = generateKeys
        configuration.sasGrace = sasGrace
        configuration.disabledAnswer = disabledConnack
        configuration.defender.rule = defender
        configuration.defender.isStrict = defenderStrict
        configuration.queryLag = queryLag
        limits.apply(to: &configuration)
        if let throttle {
            configuration.throttle = (throttle, throttleUnits)
            configuration.hub.keep(within: throttle)
        }
        do {
            try Server.run(configuration)
        } catch {
            StandardError.write("twinhub: \(error.description)\n")
            throw ExitCode.failure
        }
    }
}

/// Where the hub keeps its things.
struct DataOption: ParsableArguments {
    @Option(help: "The data folder.")
    var data = "./twinhub-data"
}

enum AuthorizationOption: String, ExpressibleByArgument, CaseIterable { case required, off }

extension Durability: ExpressibleByArgument {}
extension MQTTService.DisabledAnswer: ExpressibleByArgument {}
extension EventRetention: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
    public var defaultValueDescription: String { description }
}
extension LogFormat: ExpressibleByArgument {}
extension HubTier: ExpressibleByArgument {}
