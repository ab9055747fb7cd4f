/// What an agent runs with: what it has accepted, and its own defaults for all else.
public struct RunningConfiguration: Hashable, Sendable {
    public let agent: AgentKind
    /// What was configured, by key.
    private var configured: [String: ConfigurationValue] = [:]

    /// An agent that nobody has configured.
    public init(defaultsOf agent: AgentKind) { self.agent = agent }

    /// The key's value; nil where the agent does not know the key.
    public subscript(key: ConfigurationKey) -> ConfigurationValue? {
        guard let value = key.defaultValue(of: agent) else { return nil }
        return configured[key.name] ?? value
    }

    /// As above by the key's name.
    public subscript(name: String) -> ConfigurationValue? {
        ConfigurationKey.named(name, in: agent.module).flatMap { self[$0] }
    }

    mutating func configure(_ name: String, _ value: ConfigurationValue) { configured[name] = value }
}

/// What came of a configuration that was handed to an agent.
public enum ReadConfiguration: Hashable, Sendable {
    case accepted(RunningConfiguration)
    case refused(ConfigurationRefusal)
}

/// Why an agent refuses a configuration: one bad key refuses all of it (defender.md section 2.3).
public struct ConfigurationRefusal: Hashable, Sendable {
    public let agent: AgentKind
    /// The bad keys that the agent came across, in the order in which it reads; empty where the object itself is none.
    public let keys: [String]
    /// `ConfigurationName` of the ConfigurationError event that a classic agent sends; nil for the micro agent, which sends
    /// none.
    public let eventName: String?
    /// `Message` of that event, in the agent's own words and with its own slips.
    public let eventMessage: String?
}
