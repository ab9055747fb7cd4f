import Vocabulary

/// A device's upload, from the moment it asked where to put a file.
public struct Upload: Hashable, Sendable {
    public let correlationID: String
    public let device: String
    /// Of the device's identity: one that was made again begins with no uploads.
    public let generation: UInt64
    public let blob: BlobName
    /// Until when the upload can be ended, and its signature is good.
    public let expiry: Timestamp
}

/// Why an upload was not begun or ended.
public enum UploadRefusal: Error, Hashable, Sendable {
    /// The device has as many open as it may.
    case tooMany(limit: Int)
    /// All devices together have as many open as there may be.
    case tooManyOfAll(limit: Int)
    /// There is no such upload of this device, or it has ended.
    case unknown
    case expired
    /// It is said to have succeeded, and there is no such blob.
    case noBlob
    case failed(BlobFailure)
}

/// What the account tells back ends about a file that has arrived (amqp.md, `/messages/serviceBound/filenotifications`).
public struct FileNotification: Hashable, Sendable {
    /// 1 for the account's first.
    public let sequence: UInt64
    public let device: String
    public let blob: BlobName
    public let blobURI: String
    /// Bytes.
    public let size: Int
    public let modified: Timestamp
    public let enqueued: Timestamp
}
