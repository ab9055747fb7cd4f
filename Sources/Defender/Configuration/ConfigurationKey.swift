/// One setting of an agent: a row of the tables of defender.md sections 2.2 and 3.2.
public struct ConfigurationKey: Sendable {
    public let name: String
    public let module: SecurityModule
    public let type: ValueType
    /// What a number or a text means, such as `bytes` or `ISO 8601 duration`; empty where the type says it all.
    public let unit: String
    /// What the official schema or article gives; nil where it does not have the key.
    public let documentedDefault: ConfigurationValue?
    /// What agent C begins with; nil where it does not know the key, which it then ignores and never reports.
    public let cDefault: ConfigurationValue?
    /// As above for agent C#.
    public let csharpDefault: ConfigurationValue?
    /// What it is for, in one line.
    public let meaning: String

    public enum ValueType: Hashable, Sendable {
        case boolean
        /// Whole numbers; the agents themselves do not hold to the range that the documents give.
        case integer(ClosedRange<UInt64>)
        case duration
        /// `High`, `Low`, `Off`.
        case priority
        /// `Low`, `Medium`, `High`.
        case frequency
        /// `<High>,<Medium>,<Low>` in minutes, all three.
        case intervals
        case text
        case optionalText
    }

    /// The value that an agent runs with where nothing is configured; nil where it does not know the key.
    public func defaultValue(of agent: AgentKind) -> ConfigurationValue? {
        switch agent {
        case .c: cDefault
        case .csharp: csharpDefault
        case .micro: module == .micro ? documentedDefault : nil
        }
    }

    /// What a value has to be, for messages that refuse one.
    public var expectation: String {
        switch type {
        case .boolean: "true or false"
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .duration: "an ISO 8601 duration such as PT7M, longer than zero and not longer than 49 days"
        case .priority: "one of High, Low, Off"
        case .frequency: "one of Low, Medium, High"
        case .intervals: "three whole numbers of minutes, \"<High>,<Medium>,<Low>\""
        case .text: "a string"
        case .optionalText: "a string, or nothing"
        }
    }

    /// The key of this name, as a module of this kind knows it.
    public static func named(_ name: String, in module: SecurityModule) -> ConfigurationKey? {
        index[module]?[name].map { all(of: module)[$0] }
    }

    public static func all(of module: SecurityModule) -> [ConfigurationKey] {
        switch module {
        case .classic: classic
        case .micro: micro
        }
    }

    private static let index: [SecurityModule: [String: Int]] = Dictionary(
        uniqueKeysWithValues: SecurityModule.allCases.map { module in
            (module, Dictionary(uniqueKeysWithValues: all(of: module).enumerated().map { ($1.name, $0) }))
        })
}
