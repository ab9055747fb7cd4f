import Vocabulary

/// Names a scheduled job: 1 to 64 of `a-z 0-9 - '` (rest.md section 12).
public struct JobID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public static let maximumLength = 64

    public let description: String

    /// Throws `ArgumentInvalid` for anything else.
    public init(_ text: String) throws(HubError) {
        let isID = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "'"):
                true
            default: false
            }
        }
        guard isID, (1...Self.maximumLength).contains(text.utf8.count) else {
            throw HubError(
                .argumentInvalid, "A job's id is 1 to \(Self.maximumLength) lower-case letters, digits, '-' and '''.")
        }
        description = text
    }

    init(trusted text: String) { description = text }

    public static func < (left: Self, right: Self) -> Bool { left.description < right.description }
}
