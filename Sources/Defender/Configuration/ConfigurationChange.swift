import JSON

/// A change to one key of a configuration, as a person asks for it.
public struct ConfigurationChange: Sendable {
    public let key: ConfigurationKey
    /// Nil sets the key back to the agent's default, by removing it.
    public let value: ConfigurationValue?

    /// Why a change cannot be made.
    public enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
        case notAnAssignment(String)
        case unknownKey(String, SecurityModule)
        case badValue(key: String, value: String, expected: String)
        /// The present object is not one that a change could be made to.
        case notAnObject
        /// A key that the patch has to carry along has a value for which an agent would refuse all of it.
        case badPresentValue(key: String, reason: String)

        public var description: String {
            switch self {
            case .notAnAssignment(let text): "\"\(text)\" is not KEY=VALUE"
            case .unknownKey(let key, let module):
                "\(key) is no key of the \(module.rawValue) agent; `twinhub security keys` lists them"
            case .badValue(let key, let value, let expected): "\(key): expected \(expected), found \"\(value)\""
            case .badPresentValue(let key, let reason):
                "an agent would refuse the change because of \(key) as it stands: \(reason); set or reset it as well"
            case .notAnObject: "\(SecurityModule.objectName) in the twin is not an object; reset it first"
            }
        }
    }

    /// Reads `KEY=VALUE`.
    public init(parsing text: String, of module: SecurityModule) throws(Failure) {
        guard let sign = text.firstIndex(of: "=") else { throw .notAnAssignment(text) }
        try self.init(
            key: String(text[..<sign]), value: String(text[text.index(after: sign)...]), of: module)
    }

    /// - Parameter value: nil for a reset. Only values that every agent of the module accepts are taken.
    public init(key name: String, value: String?, of module: SecurityModule) throws(Failure) {
        guard let key = ConfigurationKey.named(name, in: module) else { throw .unknownKey(name, module) }
        self.key = key
        guard let value else {
            self.value = nil
            return
        }
        guard let parsed = Self.value(of: key, value) else {
            throw .badValue(key: name, value: value, expected: key.expectation)
        }
        self.value = parsed
    }

    private static func value(of key: ConfigurationKey, _ text: String) -> ConfigurationValue? {
        switch key.type {
        case .boolean:
            switch text {
            case "true": return .boolean(true)
            case "false": return .boolean(false)
            default: return nil
            }
        case .integer(let range):
            guard let number = UInt64(text), range.contains(number) else { return nil }
            return .integer(number)
        case .duration:
            guard AgentDuration(text, as: .c) != nil, let duration = AgentDuration(text, as: .dotNet) else {
                return nil
            }
            return .duration(duration)
        case .priority: return Priority(any: text).map { .word($0.rawValue) }
        case .frequency:
            return ["Low", "Medium", "High"].first { $0.lowercased() == text.lowercased() }.map { .word($0) }
        case .intervals: return PriorityIntervals(text).map { _ in .text(text) }
        case .text, .optionalText: return .text(text)
        }
    }
}

/// Makes patches of desired that an agent reads as they are meant.
public enum CompleteConfiguration {
    /// A merge patch of the desired properties that makes these changes and carries every other key of the present object as it
    /// is, so that an agent that takes the notification for the whole configuration is right (defender.md section 2.3). The micro
    /// agent's keys stand at the root, where only the changed ones are sent.
    ///
    /// - Parameter desired: the present desired properties at their root.
    public static func patch(
        of desired: JSONValue, _ changes: [ConfigurationChange], in module: SecurityModule
    ) throws(ConfigurationChange.Failure) -> [UInt8] {
        // Of several changes to one key the last one counts.
        var wanted: [String: ConfigurationValue?] = [:]
        for change in changes { wanted.updateValue(change.value, forKey: change.key.name) }
        var json = JSONWriter()
        json.beginObject()
        if module == .classic {
            json.key(SecurityModule.objectName)
            json.beginObject()
            if let object = desired[SecurityModule.objectName], !object.isNull {
                guard object.kind == .object else { throw .notAnObject }
                let broken = ConfigurationLint.check(desired, of: module).first {
                    $0.severity == .error && $0.key.map { wanted[$0] == nil } ?? true
                }
                if let broken { throw .badPresentValue(key: broken.key ?? "the object", reason: broken.text) }
                for (name, value) in object.members where wanted[name] == nil && !value.isNull {
                    json.key(name)
                    json.raw(value.raw)
                }
            }
        }
        for key in ConfigurationKey.all(of: module) {
            guard let value = wanted[key.name] else { continue }
            json.key(key.name)
            write(value, in: module, to: &json)
        }
        if module == .classic { json.endObject() }
        json.endObject()
        return json.bytes
    }

    private static func write(_ value: ConfigurationValue?, in module: SecurityModule, to json: inout JSONWriter) {
        guard let value else { return json.null() }
        guard module == .classic else { return value.write(to: &json) }
        json.beginObject()
        json.key("value")
        value.write(to: &json)
        json.endObject()
    }

    /// The keys that a classic agent would set back to their defaults on being told of this patch, although the twin goes on saying
    /// otherwise: the trap of defender.md section 2.3. Empty for the micro agent's module, and where the agent comes to run
    /// with what the twin says.
    ///
    /// - Parameters:
    ///   - patch: the patch of desired as it is notified, at its root.
    ///   - desired: the desired properties with the patch merged in.
    public static func keysReset(
        by patch: JSONValue, leaving desired: JSONValue, in module: SecurityModule
    ) -> [String] {
        guard module == .classic else { return [] }
        // An agent that refuses the patch goes on with what it had.
        let takers = module.agents.filter {
            if case .accepted = ConfigurationReader.read(patch, as: $0) { true } else { false }
        }
        let carried = ConfigurationSection(patch, of: module)
        let told = ConfigurationSection(desired, of: module)
        return told.names.filter { name in
            guard carried[name] == nil, let key = ConfigurationKey.named(name, in: module), let json = told[name] else {
                return false
            }
            let value = key.value(from: json)
            return takers.contains { agent in
                guard let fallback = key.defaultValue(of: agent) else { return false }
                return value?.matches(fallback) != true
            }
        }
    }
}
