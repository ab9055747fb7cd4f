/// A device security group: custom alert rules for the devices whose twin names it in the tag `SecurityGroup` (defender.md
/// section 6.6). It always has every rule.
public struct SecurityGroup: Hashable, Sendable {
    public let timeWindowRules: [TimeWindowRule]
    public let allowlistRules: [AllowlistRule]

    public struct TimeWindowRule: Hashable, Sendable {
        public let rule: CustomAlertRule
        public var isEnabled = false
        public var minThreshold: Int64 = 0
        public var maxThreshold: Int64 = 0
        /// As it was written; it is a duration that ``seconds`` holds.
        public var window = "PT15M"
        public var seconds: Double = 900
    }

    public struct AllowlistRule: Hashable, Sendable {
        public let rule: CustomAlertRule
        public var isEnabled = false
        public var values: [String] = [] { didSet { names = Set(values.map { StartedProcess.name(of: $0) }) } }
        /// The values of a list of addresses; empty for the others.
        var ranges: [AddressRange] = []
        /// The values' last path components: a list may name a process by its path as well.
        private(set) var names: Set<String> = []
    }

    /// Values of one list.
    public static let maximumValues = 1000
    /// Bytes of one value.
    public static let maximumValueLength = 1024

    /// The group that a device without the tag belongs to.
    public static let defaultName = "default"

    /// Every rule at its default: none is enabled.
    public static let empty = SecurityGroup(timeWindowRules: [:], allowlistRules: [:])

    /// Whether so little can happen that a rule tells of it.
    public var hasMinimum: Bool { timeWindowRules.contains { $0.isEnabled && $0.minThreshold > 0 } }

    /// Fills up with defaults what is not given.
    init(timeWindowRules: [CustomAlertRule: TimeWindowRule], allowlistRules: [CustomAlertRule: AllowlistRule]) {
        self.timeWindowRules = CustomAlertRule.timeWindowRules.map { timeWindowRules[$0] ?? TimeWindowRule(rule: $0) }
        self.allowlistRules = CustomAlertRule.allowlistRules.map { allowlistRules[$0] ?? AllowlistRule(rule: $0) }
    }
}
