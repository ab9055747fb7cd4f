/// A place of blobs, as an import reads and an export writes them. Everything here blocks: it is for a queue that may wait, never
/// for a shard.
public protocol BlobContainer: Sendable {
    func open(_ name: BlobName) throws(BlobFailure) -> any ContainerReading
    /// Begins a blob that shows only once it is whole.
    func write(_ name: BlobName) throws(BlobFailure) -> any ContainerWriting
}

/// A blob's bytes from its beginning on.
public protocol ContainerReading: AnyObject {
    /// The next ones; none at the end.
    func next() throws(BlobFailure) -> [UInt8]
}

/// A blob on its way. One that is neither published nor discarded leaves nothing that anybody sees.
public protocol ContainerWriting: AnyObject {
    func append(_ bytes: [UInt8]) throws(BlobFailure)
    /// Makes it durable, in the place of what had its name.
    func publish() throws(BlobFailure)
    func discard()
}

enum ContainerPiece {
    /// Bytes that are read at a time.
    static let bytes = 1 << 20
}
