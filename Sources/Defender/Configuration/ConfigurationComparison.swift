import JSON

/// What an agent is told, what it really runs with and what it reported, key by key.
public struct ConfigurationComparison: Sendable {
    public let agent: AgentKind
    public let state: FollowedAgent.State
    /// `$version` of desired that the twin is at.
    public let desiredVersion: UInt64
    public let rows: [Row]

    public struct Row: Sendable {
        public let key: String
        /// The agent's own default; nil where it does not know the key.
        public let defaultValue: ConfigurationValue?
        /// The twin's value as JSON text, without a classic agent's wrapper where it has one; nil where the twin is silent.
        public let desired: [UInt8]?
        /// The foretold running value; nil where the agent does not know the key or does not run.
        public let running: ConfigurationValue?
        /// What the agent last reported as JSON text; nil where it reported nothing.
        public let reported: [UInt8]?
        /// Why running or reported are not what the twin says; empty where all agree.
        public let differences: [Difference]

        /// The agent does not do what the twin says. A key that the agent cannot know is no drift: nobody can mend it.
        public var isDrift: Bool { differences.contains { $0 != .unknownToAgent } }
    }

    /// One reason why a row disagrees.
    public enum Difference: Hashable, Sendable {
        /// The agent has no such key; it ignores it and never reports it.
        case unknownToAgent
        /// The twin has been changed, and no delivery of that version is known.
        case notDelivered
        /// The agent has refused the version, because of these keys.
        case refused(version: UInt64, keys: [String])
        /// A notification without this key has set it back to the default (defender.md section 2.3).
        case resetByPatch(version: UInt64)
        /// The agent has not started, because its first configuration was refused.
        case notStarted
        /// The agent has reported another value than the one that it is foretold to run with.
        case reportedOtherwise
        /// The micro agent names the key among `latest_invalid_fields` (defender.md section 3.3).
        case reportedInvalid
        /// The agent has accepted the key in its own way: a number cut or wrapped, a word or text converted.
        case readOtherwise

        public var name: String {
            switch self {
            case .unknownToAgent: "unknownToAgent"
            case .notDelivered: "notDelivered"
            case .refused: "refused"
            case .resetByPatch: "resetByPatch"
            case .notStarted: "notStarted"
            case .reportedOtherwise: "reportedOtherwise"
            case .reportedInvalid: "reportedInvalid"
            case .readOtherwise: "readOtherwise"
            }
        }

        public var text: String {
            switch self {
            case .unknownToAgent: "this agent does not know the key and ignores it"
            case .notDelivered: "the agent has not been handed the twin as it is now"
            case .refused(let version, let keys) where keys.isEmpty:
                "the agent refused version \(version) whole: the configuration is not an object"
            case .refused(let version, let keys):
                "the agent refused version \(version) whole, because of \(keys.joined(separator: ", "))"
            case .resetByPatch(let version):
                "the notification of version \(version) did not carry the key, so the agent went back to its default"
            case .notStarted: "the agent did not start on its first configuration"
            case .reportedOtherwise: "the agent has reported another value than it is foretold to run with"
            case .reportedInvalid: "the agent has reported that it could not apply the value"
            case .readOtherwise: "the agent reads the value in its own way"
            }
        }
    }

    /// - Parameters:
    ///   - desired: the twin's desired properties at their root, as they are now.
    ///   - reported: the twin's reported properties at their root.
    public init(of agent: FollowedAgent, desired: JSONValue, version: UInt64, reported: JSONValue) {
        self.agent = agent.kind
        state = agent.state
        desiredVersion = version
        let told = ConfigurationSection(desired, of: agent.kind.module)
        let said = ConfigurationSection(reported, of: agent.kind.module)
        let running = agent.running
        let judge = RowJudge(
            agent: agent, version: version, refusal: agent.refusal,
            invalid: agent.kind == .micro ? Self.invalidFields(reported) : [])
        var rows = ConfigurationKey.all(of: agent.kind.module).map { key in
            judge.row(key, told: told[key.name], running: running?[key], said: said[key.name])
        }
        // What the twin holds and no agent of this module knows.
        for name in told.names where ConfigurationKey.named(name, in: agent.kind.module) == nil {
            rows.append(
                Row(
                    key: name, defaultValue: nil, desired: told[name].map { Array($0.raw) }, running: nil,
                    reported: said[name].map { Array($0.raw) }, differences: [.unknownToAgent]))
        }
        self.rows = rows
    }

    /// A list or, as far as is known, a text with commas; the article's example does not say which.
    private static func invalidFields(_ reported: JSONValue) -> Set<String> {
        guard reported["latest_state"]?.string == "failed", let fields = reported["latest_invalid_fields"] else {
            return []
        }
        if let text = fields.string {
            return Set(text.split(separator: ",").map { String($0.filter { $0 != " " }) })
        }
        return Set(fields.elements.compactMap(\.string))
    }

    public var drift: [Row] { rows.filter(\.isDrift) }
}

/// The keys of a section, without the wrapper that a classic agent's have.
struct ConfigurationSection {
    private let object: JSONValue?
    private let module: SecurityModule

    init(_ section: JSONValue, of module: SecurityModule) {
        self.module = module
        object = module == .micro ? section : section[SecurityModule.objectName]
    }

    subscript(name: String) -> JSONValue? {
        guard let member = object?[name], !member.isNull else { return nil }
        guard module == .classic, member.kind == .object, let value = member["value"] else { return member }
        return value
    }

    /// The names that are no property of the section itself.
    var names: [String] {
        (object?.members.map { $0.key } ?? []).filter { !$0.hasPrefix("$") }
    }
}

/// Judges the rows of one comparison.
private struct RowJudge {
    let agent: FollowedAgent
    let version: UInt64
    let refusal: ConfigurationRefusal?
    /// What the micro agent calls invalid.
    let invalid: Set<String>

    func row(
        _ key: ConfigurationKey, told: JSONValue?, running: ConfigurationValue?, said: JSONValue?
    ) -> ConfigurationComparison.Row {
        ConfigurationComparison.Row(
            key: key.name, defaultValue: key.defaultValue(of: agent.kind), desired: told.map { Array($0.raw) },
            running: running, reported: said.map { Array($0.raw) },
            differences: differences(key, told, running, said))
    }

    private func differences(
        _ key: ConfigurationKey, _ told: JSONValue?, _ running: ConfigurationValue?, _ said: JSONValue?
    ) -> [ConfigurationComparison.Difference] {
        guard let fallback = key.defaultValue(of: agent.kind) else { return told == nil ? [] : [.unknownToAgent] }
        var found: [ConfigurationComparison.Difference] = []
        // What the twin says, as a person means it; nil where nobody could read it.
        let wanted = told.map { key.value(from: $0) } ?? fallback
        if invalid.contains(key.name) { found.append(.reportedInvalid) }
        // An agent that has been handed nothing since the hub began speaks for itself by what it has reported.
        if agent.state == .waiting, let said, let value = key.value(from: said), agrees(value, wanted) { return found }
        // Of an agent that does not run only what the twin says is missed.
        if !agrees(running, wanted), running != nil || told != nil {
            found.append(reason(key, told))
        }
        if let running, let said, key.value(from: said)?.matches(running) != true { found.append(.reportedOtherwise) }
        return found
    }

    private func agrees(_ running: ConfigurationValue?, _ wanted: ConfigurationValue?) -> Bool {
        guard let running, let wanted else { return false }
        return running.matches(wanted)
    }

    private func reason(_ key: ConfigurationKey, _ told: JSONValue?) -> ConfigurationComparison.Difference {
        if agent.state == .stopped { return .notStarted }
        if let refusal, let refused = agent.refused, refused.version == version {
            return .refused(version: refused.version, keys: refusal.keys)
        }
        guard let accepted = agent.accepted, accepted.version == version else { return .notDelivered }
        let isMissing = ConfigurationSection(accepted.desired, of: agent.kind.module)[key.name] == nil
        return accepted.form == .patch && isMissing ? .resetByPatch(version: accepted.version) : .readOtherwise
    }
}

extension ConfigurationKey {
    /// The value as the key's type means it; nil where it is not of that type. More lenient than one agent alone, since it is for
    /// comparing what was said with what was meant.
    func value(from json: JSONValue) -> ConfigurationValue? {
        switch type {
        case .boolean: return json.bool.map { .boolean($0) }
        case .integer:
            guard let number = json.int, number >= 0 else { return nil }
            return .integer(UInt64(number))
        case .duration:
            return json.string.flatMap { AgentDuration($0, as: .c) ?? AgentDuration($0, as: .dotNet) }
                .map { .duration($0) }
        case .priority: return json.string.map { .word($0) }
        case .frequency, .intervals, .text, .optionalText:
            if json.isNull { return ConfigurationValue.none }
            return MicroReader.value(of: self, json)
        }
    }
}
