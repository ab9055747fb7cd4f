/// Why a body is not a device security group.
public struct SecurityGroupError: Error, Hashable, Sendable, CustomStringConvertible {
    /// From the body's root, such as `properties.timeWindowRules[2].ruleType`.
    public let path: String
    public let expected: String

    public var description: String { "\(path): expected \(expected)" }
}
