/// The configuration that a change of desired properties comes from: `$lastUpdatedBy` and `$lastUpdatedByDigest` of
/// every leaf that it writes (twins.md section 3).
public struct ConfigurationStamp: Hashable, Sendable {
    /// The configuration's id.
    public var id: String
    /// A decimal number.
    public var digest: String

    public init(id: String, digest: String) {
        self.id = id
        self.digest = digest
    }
}
