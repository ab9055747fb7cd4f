import Defender
import Vocabulary

/// Something that an agent has observed and not yet sent. Kept small: it is written when it is sent.
struct AgentEvent: Sendable {
    let id: RequestID
    let name: EventName
    let at: Timestamp
    let observation: Observation
    /// Equal events that this one stands for.
    var aggregate: Aggregate?

    struct Aggregate: Sendable {
        var hits: Int
        let from: Timestamp
        let to: Timestamp
    }

    /// What was observed; numbers choose among the scenes of `AgentScenes`.
    enum Observation: Sendable {
        case process(Int, id: Int)
        case exit(Int, id: Int)
        case connection(Int, id: Int)
        case login(Int, id: Int)
        case ports(Int)
        case users
        case firewall
        case baseline(failing: Int)
        case system(host: String)
        case hardware
        case diagnostic(String, id: Int)
        /// Nil is agent C's event without a payload (defender.md section 5.3).
        case configuration(ConfigurationFault?)
        case dropped([EventQueues.Statistics])
        case messages(sent: Int, small: Int, failed: Int)
        case heartbeat
    }

    /// An event whose payload has no item.
    var isEmpty: Bool {
        switch observation {
        case .baseline(failing: 0), .configuration(nil), .heartbeat: true
        default: false
        }
    }
}

/// What a ConfigurationError event tells.
struct ConfigurationFault: Hashable, Sendable {
    let name: String
    let type: String
    let used: String
    let message: String
}
