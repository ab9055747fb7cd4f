import Defender
import Vocabulary

/// What a device security group is called. As every resource's, it compares without case and is shown as it was written.
public struct SecurityGroupName: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let description: String
    private let key: String

    /// The group of devices that name none; every hub has it (defender.md section 1).
    public static let `default` = SecurityGroupName(trusted: SecurityGroup.defaultName)

    /// What a device names that names no group that there could be: it has no rules.
    public static let nobodys = SecurityGroupName(trusted: "")

    /// Throws `ArgumentInvalid` for anything but a ``ResourceName``.
    public init(_ text: String) throws(HubError) {
        guard ResourceName.isValid(text) else {
            throw HubError(
                .argumentInvalid,
                "A security group's name is 1 to \(ResourceName.maximumLength) letters, digits, '-', '.' and '_'.")
        }
        self.init(trusted: text)
    }

    init(trusted text: String) {
        description = text
        key = text.lowercased()
    }

    public static func == (left: Self, right: Self) -> Bool { left.key == right.key }
    public static func < (left: Self, right: Self) -> Bool { left.key < right.key }
    public func hash(into hasher: inout Hasher) { hasher.combine(key) }
}
