import Access
import Vocabulary

/// How a client that connects has proven who it is.
public struct LinkProof: Sendable {
    public let principal: Principal
    /// When the proof ends: a token's expiry with the grace that is given, the end of days for a certificate.
    public let end: Timestamp

    /// Later than anything.
    static let endOfDays = Timestamp(unixSeconds: Timestamp.latestUnixSeconds)
}
