import Vocabulary

/// What a configuration is called: 1 to 128 of the lower-case letters, digits and signs of rest.md section 11.2.
public struct ConfigurationID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public static let maximumLength = 128

    public let description: String

    /// Throws `ArgumentInvalid` for anything else.
    public init(_ text: String) throws(HubError) {
        let isID = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: "-+%_*!'".utf8.contains(byte)
            }
        }
        guard isID, (1...Self.maximumLength).contains(text.utf8.count) else {
            throw HubError(
                .argumentInvalid,
                "A configuration's id is 1 to \(Self.maximumLength) lower-case letters, digits and '-+%_*!''.")
        }
        description = text
    }

    init(trusted text: String) { description = text }

    public static func < (left: Self, right: Self) -> Bool {
        left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
    }
}
