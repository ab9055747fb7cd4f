import JSON

/// Reads a desired section, or a patch of it, as one of the agents does. Nothing is put right: what an agent gets wrong is got
/// wrong here.
public enum ConfigurationReader {
    /// - Parameter desired: the desired properties at their root, or a patch of them as it was delivered.
    public static func read(_ desired: JSONValue, as agent: AgentKind) -> ReadConfiguration {
        switch agent {
        case .c: CReader.read(desired[SecurityModule.objectName])
        case .csharp: CSharpReader.read(desired[SecurityModule.objectName])
        case .micro: MicroReader.read(desired)
        }
    }
}

/// The `value` member of a key's wrapper.
enum WrappedValue {
    /// The key is not there, or null: the default counts.
    case absent
    /// The wrapper is none, or its value is null or missing.
    case bad
    case value(JSONValue)

    init(_ key: String, in object: JSONValue) {
        guard let wrapper = object[key], !wrapper.isNull else {
            self = .absent
            return
        }
        guard let value = wrapper["value"], !value.isNull else {
            self = .bad
            return
        }
        self = .value(value)
    }
}
