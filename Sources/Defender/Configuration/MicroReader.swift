import JSON

/// The micro agent's way with its keys, as far as it is documented (defender.md section 3). Its source is closed: that a bad
/// field refuses the whole configuration, as with the classic agents, is TwinHub's assumption.
enum MicroReader {
    static func read(_ desired: JSONValue) -> ReadConfiguration {
        var configuration = RunningConfiguration(defaultsOf: .micro)
        var bad: [String] = []
        for key in ConfigurationKey.micro {
            guard let json = desired[key.name], !json.isNull else { continue }
            if let value = value(of: key, json) {
                configuration.configure(key.name, value)
            } else {
                bad.append(key.name)
            }
        }
        guard bad.isEmpty else {
            return .refused(ConfigurationRefusal(agent: .micro, keys: bad, eventName: nil, eventMessage: nil))
        }
        return .accepted(configuration)
    }

    static func value(of key: ConfigurationKey, _ json: JSONValue) -> ConfigurationValue? {
        switch key.type {
        case .boolean: return json.bool.map { .boolean($0) }
        case .integer(let range):
            guard let number = json.int, number >= 0, range.contains(UInt64(number)) else { return nil }
            return .integer(UInt64(number))
        case .frequency:
            guard let text = json.string, ["Low", "Medium", "High"].contains(text) else { return nil }
            return .word(text)
        case .intervals:
            guard let text = json.string, PriorityIntervals(text) != nil else { return nil }
            return .text(text)
        case .text, .optionalText: return json.string.map { .text($0) }
        case .duration, .priority: return nil
        }
    }
}

/// `CollectorsCore_PriorityIntervals`: how often each priority is sent, in minutes.
public struct PriorityIntervals: Hashable, Sendable {
    public let high: UInt64
    public let medium: UInt64
    public let low: UInt64

    public init?(_ text: String) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { UInt32($0) }
        guard parts.count == 3, let high = parts[0], let medium = parts[1], let low = parts[2], high > 0, medium > 0,
            low > 0
        else { return nil }
        (self.high, self.medium, self.low) = (UInt64(high), UInt64(medium), UInt64(low))
    }

    /// Whether each is a multiple of the one before, as the article advises.
    public var areMultiples: Bool { medium % high == 0 && low % medium == 0 }
}
