/// The agents that Defender for IoT has had, as far as they read a module twin (defender.md, table of families). The raw
/// word is what the command line and the HTTP endpoints call it.
public enum AgentKind: String, CaseIterable, Sendable {
    /// The classic agent for Linux, in C.
    case c
    /// The classic agent for Linux and Windows, in C#.
    case csharp
    /// The micro agent for Linux.
    case micro

    public var module: SecurityModule { self == .micro ? .micro : .classic }
}

/// The two security modules that a device can have, each with a configuration of its own form.
public enum SecurityModule: String, CaseIterable, Sendable {
    case classic
    case micro

    /// The module's id, in the case that the agents insist on (defender.md section 1).
    public var moduleID: String {
        switch self {
        case .classic: "azureiotsecurity"
        case .micro: "DefenderIotMicroAgent"
        }
    }

    /// The module of this id; nil for a module that is no security module.
    public init?(moduleID: String) {
        guard let module = Self.allCases.first(where: { $0.moduleID == moduleID }) else { return nil }
        self = module
    }

    /// The agents that read this module's twin.
    public var agents: [AgentKind] { AgentKind.allCases.filter { $0.module == self } }

    /// The member of desired and reported that holds a classic agent's configuration (defender.md section 2.1); a micro
    /// agent's keys stand in the section itself.
    public static let objectName = "ms_iotn:urn_azureiot_Security_SecurityAgentConfiguration"

    /// The object's name until July 2019, with bare values. No agent of today reads it (defender.md section 9, no. 9).
    public static let formerObjectName = "azureiot*com^securityAgentConfiguration^1*0*0"
}
