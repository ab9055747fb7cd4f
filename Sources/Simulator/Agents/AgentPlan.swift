import Defender

/// What a run of simulated security agents does.
public struct AgentPlan: Sendable {
    public var kind: AgentKind
    /// How many seconds of the agents' own time pass in a second; what they send bears the real time.
    public var speed = 1.0
    /// Shares of the agents, from 0 to 1: those that do not follow their twin, those that say nothing at all, and those whose
    /// baseline checks fail.
    public var drift = 0.0
    public var silent = 0.0
    public var baselineFailures = 0.0
    /// The same seed gives each agent the same conduct and the same events in the same order.
    public var seed: UInt64 = 1
    public var end = End.never
    public var settings = ClientSettings()
    /// Clients of one shard that are on their way to being ready at once.
    public var arrivingPerShard = 64
    /// Clients dialled a second, all shards together.
    public var connectionsPerSecond = 2_000
    /// Until every agent has reported for the first time, in seconds.
    public var patienceSeconds = 300

    public enum End: Hashable, Sendable {
        /// When it is stopped.
        case never
        case afterSeconds(Int)
        /// When so many changes of the twins have been reported by all who report.
        case afterChanges(Int)
    }

    public init(_ kind: AgentKind) {
        self.kind = kind
        settings.filters = ClientSettings.twinFilters
        settings.apiVersion = kind.apiVersion
    }

    /// The agents of a run. Shares are exact, and who is among them hangs on the seed.
    func cast(_ count: Int) -> [AgentCharacter] {
        var random = SeededRandom(seed, stream: .max)
        var cast = (0..<count).map { AgentCharacter(kind: kind, seed: seed, number: $0) }
        let (drifting, quiet) = (Self.part(drift, of: count), Self.part(silent, of: count))
        let order = Array(0..<count).shuffled(using: &random)
        for (place, number) in order.enumerated() {
            if place < drifting {
                cast[number].conduct = place.isMultiple(of: 2) ? .ignores : .reportsOtherwise
            } else if place < drifting + quiet {
                cast[number].conduct = .silent
            }
        }
        for number in order.shuffled(using: &random).prefix(Self.part(baselineFailures, of: count)) {
            cast[number].failsBaseline = true
        }
        return cast
    }

    private static func part(_ share: Double, of count: Int) -> Int { Int((share * Double(count)).rounded()) }
}

/// Who one agent of a run is.
struct AgentCharacter: Hashable, Sendable {
    let kind: AgentKind
    let seed: UInt64
    let number: Int
    var conduct = Conduct.obedient
    var failsBaseline = false

    enum Conduct: Hashable, Sendable {
        case obedient
        /// Runs with its first configuration for ever, and never reports another.
        case ignores
        /// Runs with what it was told, and reports its defaults; a micro agent reports that it failed.
        case reportsOtherwise
        /// Follows its twin and says nothing: no report, no event.
        case silent

        /// Whether the twin's reported properties tell of every change.
        var reports: Bool { self == .obedient || self == .reportsOtherwise }
    }

    var random: SeededRandom { SeededRandom(seed, stream: UInt64(number)) }
}

extension AgentKind {
    /// What the agent's SDK names in its user name (defender.md section 4.5); of the micro agent it is not known.
    var apiVersion: String {
        switch self {
        case .c: "2017-11-08-preview"
        case .csharp: "2018-06-30"
        case .micro: "2021-04-12"
        }
    }
}
