import Vocabulary

/// What a registered authority is called.
public struct AuthorityName: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let description: String

    /// Throws `ArgumentInvalid` for anything but a ``ResourceName``.
    public init(_ text: String) throws(HubError) {
        guard ResourceName.isValid(text) else {
            throw HubError(
                .argumentInvalid,
                "A certificate's name is 1 to \(ResourceName.maximumLength) letters, digits, '-', '.' and '_'.")
        }
        description = text
    }

    init(trusted text: String) { description = text }

    public static func < (left: Self, right: Self) -> Bool { left.description < right.description }
}
