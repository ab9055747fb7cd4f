import JSON

/// Agent C#'s way with a configuration object (defender.md section 2.3, right column). What its JSON library converts is
/// inferred there, and here.
enum CSharpReader {
    static func read(_ object: JSONValue?) -> ReadConfiguration {
        var configuration = RunningConfiguration(defaultsOf: .csharp)
        guard let object, !object.isNull else { return .accepted(configuration) }
        guard object.kind == .object else { return refusal([]) }
        // Errors are collected in the document's order. Of a key that stands twice the last value counts.
        var bad: [String] = []
        for (name, _) in object.members {
            guard let key = ConfigurationKey.named(name, in: .classic), key.csharpDefault != nil, !bad.contains(name)
            else { continue }
            switch WrappedValue(name, in: object) {
            case .absent: continue
            case .bad: bad.append(name)
            case .value(let json):
                if let value = value(of: key, json) {
                    configuration.configure(name, value)
                } else {
                    bad.append(name)
                }
            }
        }
        return bad.isEmpty ? .accepted(configuration) : refusal(bad)
    }

    static func value(of key: ConfigurationKey, _ json: JSONValue) -> ConfigurationValue? {
        switch key.type {
        case .boolean:
            if let flag = json.bool { return .boolean(flag) }
            switch json.string?.lowercased() {
            case "true": return .boolean(true)
            case "false": return .boolean(false)
            default: return nil
            }
        case .integer:
            if let text = json.string { return UInt32(text).map { .integer(UInt64($0)) } }
            return json.int.flatMap { UInt32(exactly: $0) }.map { .integer(UInt64($0)) }
        case .duration: return json.string.flatMap { AgentDuration($0, as: .dotNet) }.map { .duration($0) }
        case .priority:
            if let text = json.string {
                if text.lowercased() == "operational" { return .word("Operational") }
                return Priority(any: text).map { .word($0.rawValue) }
            }
            return json.int.flatMap { numbered[Int(exactly: $0) ?? -1] }.map { .word($0) }
        case .text, .optionalText: return json.string.map { .text($0) }
        case .frequency, .intervals: return nil
        }
    }

    /// Which number is which word of its enumeration is not documented; the order of the schema's words is taken.
    private static let numbered = [0: "High", 1: "Low", 2: "Off", 3: "Operational"]

    private static func refusal(_ keys: [String]) -> ReadConfiguration {
        .refused(
            ConfigurationRefusal(
                agent: .csharp, keys: keys, eventName: "RemoteConfiguration",
                eventMessage: "Couldn't parse the following configurations: " + keys.joined(separator: ", ")))
    }
}
