import JSON

/// Agent C's way with a configuration object (defender.md section 2.3, left column).
enum CReader {
    /// The keys that it reads first, in this order (the message of defender.md 8.9 shows it). Where one of them is bad it stops
    /// before the rest.
    private static let first = [
        "maxLocalCacheSizeInBytes", "maxMessageSizeInBytes", "lowPriorityMessageFrequency",
        "highPriorityMessageFrequency", "snapshotFrequency",
    ]
    /// Read with them, and never named in the message. Which of the two comes first is not known.
    private static let baseline = [
        "baselineCustomChecksEnabled", "baselineCustomChecksFilePath", "baselineCustomChecksFileHash",
    ]
    /// Priorities and aggregation, which the message names with one word.
    private static let rest = ConfigurationKey.classic.map(\.name).filter {
        $0.hasPrefix("eventPriority") || $0.hasPrefix("aggregation")
    }

    static func read(_ object: JSONValue?) -> ReadConfiguration {
        var configuration = RunningConfiguration(defaultsOf: .c)
        guard let object, !object.isNull else { return .accepted(configuration) }
        guard object.kind == .object else { return refusal([], naming: []) }
        let bad = read(first, of: object, into: &configuration)
        let badBaseline = read(baseline, of: object, into: &configuration)
        guard bad.isEmpty, badBaseline.isEmpty else { return refusal(bad + badBaseline, naming: bad) }
        let badRest = read(rest, of: object, into: &configuration)
        guard badRest.isEmpty else { return refusal(badRest, naming: ["eventPriorities"]) }
        return .accepted(configuration)
    }

    private static func read(
        _ names: [String], of object: JSONValue, into configuration: inout RunningConfiguration
    ) -> [String] {
        names.filter { name in
            guard let key = ConfigurationKey.named(name, in: .classic), key.cDefault != nil else { return false }
            switch WrappedValue(name, in: object) {
            case .absent: return false
            case .bad: return true
            case .value(let json):
                guard let value = value(of: key, json) else { return true }
                configuration.configure(name, value)
                return false
            }
        }
    }

    static func value(of key: ConfigurationKey, _ json: JSONValue) -> ConfigurationValue? {
        switch key.type {
        case .boolean: return json.bool.map { .boolean($0) }
        case .integer:
            // The fraction is cut, and what is negative wraps. Beyond 64 bits C leaves the result open.
            guard let number = json.double, let whole = Int64(exactly: number.rounded(.towardZero)) else {
                return json.kind == .number ? .integer(0) : nil
            }
            return .integer(UInt64(UInt32(truncatingIfNeeded: whole)))
        case .duration: return json.string.flatMap { AgentDuration($0, as: .c) }.map { .duration($0) }
        case .priority: return json.string.flatMap { Priority(any: $0) }.map { .word($0.rawValue) }
        case .text, .optionalText: return json.string.map { .text($0) }
        case .frequency, .intervals: return nil
        }
    }

    /// The two last characters are cut off the message: the comma, and a letter that was not meant (defender.md section 5.3).
    private static func refusal(_ keys: [String], naming named: [String]) -> ReadConfiguration {
        let text = "Couldn't parse the following conifgurations:" + named.map { " \($0)," }.joined()
        return .refused(
            ConfigurationRefusal(
                agent: .c, keys: keys, eventName: "TwinConfiguration", eventMessage: String(text.dropLast(2))))
    }
}

/// The words of `eventPriority…` in the spelling of the schema.
enum Priority: String, CaseIterable {
    case high = "High"
    case low = "Low"
    case off = "Off"

    /// In any case of letters.
    init?(any text: String) {
        guard let word = Self.allCases.first(where: { $0.rawValue.lowercased() == text.lowercased() }) else {
            return nil
        }
        self = word
    }
}
