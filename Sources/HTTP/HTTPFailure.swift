/// A request that cannot be taken as it stands. It is answered with this status, and its connection is closed, since
/// where the next request would begin is not known.
public struct HTTPFailure: Error, Hashable, Sendable {
    public let status: Int
    /// What is wrong, for the error body.
    public let reason: String

    public init(_ status: Int, _ reason: String) {
        self.status = status
        self.reason = reason
    }
}
