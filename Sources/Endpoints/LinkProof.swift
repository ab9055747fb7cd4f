import Access
import Vocabulary

/// How a client that connects has proven who it is.
public struct LinkProof: Sendable {
    public enum Means: String, Sendable {
        case sas
        case x509Certificate
        /// `--auth off`.
        case none
    }

    public let principal: Principal
    public let means: Means
    /// When the proof ends: a token's expiry with the grace that is given, the end of days for a certificate.
    public let end: Timestamp

    /// Later than anything.
    static let endOfDays = Timestamp(unixSeconds: Timestamp.latestUnixSeconds)
}
