import JSON

/// What is wrong, or unwise, about the configuration in a desired section. The hub stores whatever is written; these are
/// findings, which only `--defender-strict` makes refusals, and only those that are errors.
public struct ConfigurationLint: Hashable, Sendable {
    public let severity: Severity
    public let rule: Rule
    /// The key that it is about; nil where it is about the object.
    public let key: String?
    /// What was found, with what was expected.
    public let text: String

    public enum Severity: String, Sendable {
        /// An agent that knows the key refuses the whole configuration because of it.
        case error
        /// It is not what the documents say, or not wise, and the agents live with it.
        case warning
    }

    /// The rules, each with the section of defender.md that it comes from.
    public enum Rule: String, CaseIterable, Sendable {
        /// 2.3: the object is not an object.
        case notAnObject
        /// 2.3: a bare value, or a wrapper without a value.
        case notWrapped
        /// 2.2, 3.2: another JSON type, or a text that is none of the type's.
        case wrongType
        /// 2.2, 3.2: outside the documented range; the classic agents do not enforce it.
        case outOfRange
        /// 2.3, 9 no. 6: only one of the two classic agents reads the duration.
        case durationOfOneAgent
        /// 2.2: no agent of this module knows the key.
        case unknownKey
        /// 9 no. 9: the object's name until July 2019.
        case formerObjectName
        /// 2.2: a member beside `value`, which is ignored.
        case extraMember
        /// 5.3: settings that contradict each other; agents send a ConfigurationError `Conflict`.
        case conflict
        /// 5.3, 3.2: allowed and not advised; agents send a ConfigurationError `NotOptimal`.
        case notOptimal
    }

    /// Checks the desired properties of a module twin, given at their root.
    public static func check(_ desired: JSONValue, of module: SecurityModule) -> [ConfigurationLint] {
        switch module {
        case .classic: return ClassicLint.check(desired)
        case .micro: return MicroLint.check(desired)
        }
    }
}

private enum ClassicLint {
    static func check(_ desired: JSONValue) -> [ConfigurationLint] {
        var found: [ConfigurationLint] = []
        if desired[SecurityModule.formerObjectName] != nil {
            found.append(
                ConfigurationLint(
                    severity: .warning, rule: .formerObjectName, key: nil,
                    text: "agents have not read \(SecurityModule.formerObjectName) since July 2019"))
        }
        guard let object = desired[SecurityModule.objectName], !object.isNull else { return found }
        guard object.kind == .object else {
            found.append(
                ConfigurationLint(
                    severity: .error, rule: .notAnObject, key: nil,
                    text: "\(SecurityModule.objectName) has to be an object"))
            return found
        }
        for (name, wrapper) in object.members { found += check(name, wrapper, object) }
        return found + together(desired)
    }

    private static func check(_ name: String, _ wrapper: JSONValue, _ object: JSONValue) -> [ConfigurationLint] {
        guard let key = ConfigurationKey.named(name, in: .classic) else {
            return [
                ConfigurationLint(
                    severity: .warning, rule: .unknownKey, key: name, text: "no classic agent knows \(name)")
            ]
        }
        var found: [ConfigurationLint] = []
        switch WrappedValue(name, in: object) {
        case .absent: break
        case .bad:
            found.append(
                ConfigurationLint(
                    severity: .error, rule: .notWrapped, key: name,
                    text: "expected {\"value\": \(key.expectation)}, found \(excerpt(wrapper))"))
        case .value(let value): found += check(key, value)
        }
        for (member, _) in wrapper.members where member != "value" {
            found.append(
                ConfigurationLint(
                    severity: .warning, rule: .extraMember, key: name, text: "agents ignore the member \(member)"))
        }
        return found
    }

    /// What the agents themselves make of the value decides: where one that knows the key refuses it, it is an error, but for week
    /// durations, which are a warning (defender.md section 9, no. 6).
    private static func check(_ key: ConfigurationKey, _ json: JSONValue) -> [ConfigurationLint] {
        let isRefused = [AgentKind.c, .csharp].filter { key.defaultValue(of: $0) != nil }.contains { agent in
            agent == .c ? CReader.value(of: key, json) == nil : CSharpReader.value(of: key, json) == nil
        }
        let rule: ConfigurationLint.Rule
        var severity: ConfigurationLint.Severity = isRefused ? .error : .warning
        switch key.type {
        case .integer(let range):
            if let number = json.int, number >= 0, range.contains(UInt64(number)) { return [] }
            rule = json.kind == .number ? .outOfRange : .wrongType
        case .duration:
            guard isRefused else { return [] }
            let isOfOne = json.string.map { AgentDuration($0, as: .c) != nil || AgentDuration($0, as: .dotNet) != nil }
            rule = isOfOne == true ? .durationOfOneAgent : .wrongType
            if json.string?.contains("W") == true, isOfOne == true { severity = .warning }
        default:
            guard isRefused || key.value(from: json) == nil else { return [] }
            rule = .wrongType
        }
        return [
            ConfigurationLint(
                severity: severity, rule: rule, key: key.name,
                text: "expected \(key.expectation), found \(excerpt(json))")
        ]
    }

    /// The rules over several keys (defender.md section 5.3), by what agent C# would run with: what is absent has its default.
    private static func together(_ desired: JSONValue) -> [ConfigurationLint] {
        let section = ConfigurationSection(desired, of: .classic)
        func value(_ name: String) -> UInt64? {
            guard let key = ConfigurationKey.named(name, in: .classic), let fallback = key.documentedDefault else {
                return nil
            }
            switch section[name].map({ key.value(from: $0) }) ?? fallback {
            case .integer(let number): return number
            case .duration(let duration): return duration.milliseconds
            default: return nil
            }
        }
        var found: [ConfigurationLint] = []
        if let cache = value("maxLocalCacheSizeInBytes"), let message = value("maxMessageSizeInBytes") {
            if cache < message {
                found.append(
                    ConfigurationLint(
                        severity: .warning, rule: .conflict, key: "maxLocalCacheSizeInBytes",
                        text: "the cache of \(cache) bytes is smaller than one message of \(message)"))
            }
            if message % 4096 != 0 {
                found.append(
                    ConfigurationLint(
                        severity: .warning, rule: .notOptimal, key: "maxMessageSizeInBytes",
                        text: "\(message) is not a multiple of 4096 bytes, the unit in which messages are charged"))
            }
        }
        if let high = value("highPriorityMessageFrequency"), let low = value("lowPriorityMessageFrequency"), high > low
        {
            found.append(
                ConfigurationLint(
                    severity: .warning, rule: .conflict, key: "highPriorityMessageFrequency",
                    text: "what is of high priority is sent less often than what is of low priority"))
        }
        return found
    }
}

private enum MicroLint {
    static func check(_ desired: JSONValue) -> [ConfigurationLint] {
        var found: [ConfigurationLint] = []
        for (name, json) in desired.members where !name.hasPrefix("$") && !json.isNull {
            guard let key = ConfigurationKey.named(name, in: .micro) else {
                found.append(
                    ConfigurationLint(
                        severity: .warning, rule: .unknownKey, key: name, text: "the micro agent does not know \(name)")
                )
                continue
            }
            guard MicroReader.value(of: key, json) == nil else { continue }
            let isRange = if case .integer = key.type { json.int != nil } else { false }
            found.append(
                ConfigurationLint(
                    severity: .error, rule: isRange ? .outOfRange : .wrongType, key: name,
                    text: "expected \(key.expectation), found \(excerpt(json))"))
        }
        let intervals = desired["CollectorsCore_PriorityIntervals"]?.string.flatMap { PriorityIntervals($0) }
        if let intervals, !intervals.areMultiples {
            found.append(
                ConfigurationLint(
                    severity: .warning, rule: .notOptimal, key: "CollectorsCore_PriorityIntervals",
                    text: "each interval should be a multiple of the one before"))
        }
        return found
    }
}

/// The value's text, cut where it is long.
private func excerpt(_ json: JSONValue) -> String {
    let limit = 60
    let text = String(decoding: json.raw.prefix(limit), as: UTF8.self)
    return json.raw.count > limit ? text + "…" : text
}
