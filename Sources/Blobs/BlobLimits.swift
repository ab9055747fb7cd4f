/// Every bound on what is kept of uploaded files.
public struct BlobLimits: Sendable {
    /// Bytes of one blob, and of one block.
    public var blobBytes = 1 << 30
    /// Bytes of all blobs together, with blocks that are not committed yet.
    public var keptBytes = 16 << 30
    /// Blocks that one blob is made of, as in Azure.
    public var committedBlocks = 50_000
    /// Blocks of one blob that wait for their list, as in Azure.
    public var stagedBlocks = 100_000
    /// Seconds after which a block that no list has named is dropped at the next start; a week, as in Azure.
    public var stagedSeconds: Int64 = 7 * 86_400
    /// Uploads that one device may have open (rest.md section 18).
    public var uploadsPerDevice = 10
    /// Uploads of all devices that may be open.
    public var uploads = 100_000
    /// Seconds that an upload, and the signature for its blob, are good for.
    public var uploadSeconds: Int64 = 3_600
    /// Seconds for which an upload that has expired is still known as such.
    public var expiredSeconds: Int64 = 86_400
    /// The newest notifications that are kept for back ends.
    public var notifications = 10_000

    public init() {}
}
