import JSON

/// A configuration key's value as an agent holds it.
public enum ConfigurationValue: Hashable, Sendable {
    case boolean(Bool)
    /// Bytes, minutes, microseconds or a plain count, as the key's unit says.
    case integer(UInt64)
    case duration(AgentDuration)
    /// A word of a closed list in its documented spelling: a priority or a frequency.
    case word(String)
    case text(String)
    /// Nothing is configured: the value of an optional text by default.
    case none

    /// Equal to an operator: words without regard to case, since agent C writes priorities in lower case, and durations by
    /// length, since it writes `PT24H` as `P1D` (defender.md section 2.4).
    public func matches(_ other: ConfigurationValue) -> Bool {
        switch (self, other) {
        case (.word(let a), .word(let b)): a.lowercased() == b.lowercased()
        case (.none, .text("")), (.text(""), .none): true
        default: self == other
        }
    }

    /// As a person reads it.
    public var text: String {
        switch self {
        case .boolean(let flag): flag ? "true" : "false"
        case .integer(let number): String(number)
        case .duration(let duration): duration.xmlText
        case .word(let text), .text(let text): text
        case .none: "null"
        }
    }

    public func write(to json: inout JSONWriter) {
        switch self {
        case .boolean(let flag): json.value(flag)
        case .integer(let number): json.value(number)
        case .duration, .word, .text: json.value(text)
        case .none: json.null()
        }
    }
}
