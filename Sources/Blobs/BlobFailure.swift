/// Why the store did not do what it was asked.
public enum BlobFailure: Error, Hashable, Sendable {
    /// There is no such blob.
    case notFound
    /// The blob was to be a new one.
    case alreadyExists
    /// The blob is not the one that the request named by its ETag.
    case conditionNotMet
    /// The reader has this one already.
    case notModified
    /// The bytes that arrived are not the ones that the client summed.
    case differentMD5
    /// A block list names a block that is not there.
    case unknownBlock
    /// The block's id is longer or shorter than those of the blob's other blocks.
    case differentBlockLength
    case tooManyBlocks(limit: Int)
    /// The blob would be larger than one may be.
    case tooLarge(limit: Int)
    /// All blobs together would be more than is kept.
    case full(limit: Int)
    /// The file system refused.
    case unusable(path: String, reason: String)
}
