import Defender

/// The events that simulated agents send (defender.md sections 5.3 and 5.6).
enum EventName: String, CaseIterable, Sendable {
    case processCreate = "ProcessCreate"
    case processTerminate = "ProcessTerminate"
    case connectionCreate = "ConnectionCreate"
    case login = "Login"
    case listeningPorts = "ListeningPorts"
    case localUsers = "LocalUsers"
    case firewallConfiguration = "FirewallConfiguration"
    case osBaseline = "OSBaseline"
    case systemInformation = "SystemInformation"
    case connectedHardware = "ConnectedHardware"
    case diagnostic = "Diagnostic"
    case configurationError = "ConfigurationError"
    case droppedEventsStatistics = "DroppedEventsStatistics"
    case messageStatistics = "MessageStatistics"
    case heartbeat = "Heartbeat"

    /// What is collected at start and then once every snapshot interval.
    static let snapshots: [EventName] = [
        .listeningPorts, .localUsers, .firewallConfiguration, .osBaseline, .systemInformation, .connectedHardware,
        .heartbeat, .droppedEventsStatistics, .messageStatistics,
    ]

    /// What is collected when something has happened.
    static let triggers: [EventName] = [.processCreate, .connectionCreate, .login, .processTerminate, .diagnostic]

    var type: String {
        switch self {
        case .configurationError, .droppedEventsStatistics, .messageStatistics: "Operational"
        case .diagnostic: "Diagnostic"
        default: "Security"
        }
    }

    var isPeriodic: Bool { Self.snapshots.contains(self) }

    /// The part of the micro agent that collects it, as its twin's keys name it. Nil for what it does not send here: the
    /// bodies of its other collectors are not documented.
    var microComponent: String? {
        switch self {
        case .processCreate: "Process"
        case .connectionCreate: "NetworkActivity"
        case .osBaseline: "Baseline"
        case .systemInformation: "SystemInformation"
        case .diagnostic: "LogCollector"
        case .heartbeat: "Heartbeat"
        default: nil
        }
    }
}
