/// Why somebody was not let in; for the log. The caller is told no more than 401, and no key or token stands here.
public struct AccessRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
    public let cause: Cause

    /// What is wrong with an identity's own credentials, where that has a name.
    public enum Cause: Hashable, Sendable {
        case tokenExpired
        /// A signature by neither key.
        case tokenInvalid
        case certificateExpired
        case thumbprintMismatch
        case other
    }

    public init(_ description: String, _ cause: Cause = .other) {
        self.description = description
        self.cause = cause
    }
}
