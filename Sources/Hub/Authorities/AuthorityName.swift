import Vocabulary

/// What a registered authority is called: 1 to 64 letters, digits, `-`, `.` and `_`, as the real resource provider has it.
public struct AuthorityName: Hashable, Comparable, Sendable, CustomStringConvertible {
    public static let maximumLength = 64

    public let description: String

    /// Throws `ArgumentInvalid` for anything else.
    public init(_ text: String) throws(HubError) {
        let isName = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard isName, (1...Self.maximumLength).contains(text.utf8.count) else {
            throw HubError(
                .argumentInvalid,
                "A certificate's name is 1 to \(Self.maximumLength) letters, digits, '-', '.' and '_'.")
        }
        description = text
    }

    init(trusted text: String) { description = text }

    public static func < (left: Self, right: Self) -> Bool { left.description < right.description }
}
