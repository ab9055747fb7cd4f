/// What is found: a row of the tables of defender.md sections 6.2 to 6.6.
public struct FindingType: Hashable, Sendable {
    /// The published type name; where none is published, the display name (section 9 no. 21).
    public let name: String
    public let displayName: String
    public let kind: Kind
    /// Nil where none is published.
    public let severity: Severity?
    public let mark: Mark

    public enum Kind: String, Sendable {
        case deviceRecommendation
        case hubRecommendation
        case deviceAlert
        case hubAlert
        case customAlert

        /// A recommendation stands for as long as its condition; an alert tells of what has happened.
        public var isAlert: Bool { self != .deviceRecommendation && self != .hubRecommendation }
    }

    public enum Severity: String, CaseIterable, Sendable {
        case high = "High"
        case medium = "Medium"
        case low = "Low"
    }

    /// Whose rule it is that decides.
    public enum Mark: String, Sendable {
        /// The condition is published.
        case documented
        /// Only the name is published; the condition is TwinHub's.
        case approximation
    }

    /// Whether it stands for as long as its condition and no longer, whatever time has passed.
    public var endsWithItsCondition: Bool {
        !kind.isAlert || Self.conditions.contains(name)
    }

    private static let conditions = Set(
        CustomAlertRule.timeWindowRules.map(\.findingType.name) + [FindingType.deviceSilent.name])

    init(_ name: String, _ displayName: String, _ kind: Kind, _ severity: Severity?, _ mark: Mark = .documented) {
        self.name = name
        self.displayName = displayName
        self.kind = kind
        self.severity = severity
        self.mark = mark
    }

    /// A type whose display name is all that is published.
    init(_ name: String, _ kind: Kind, _ severity: Severity?, _ mark: Mark = .documented) {
        self.init(name, name, kind, severity, mark)
    }
}
