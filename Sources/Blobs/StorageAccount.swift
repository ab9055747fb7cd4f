import Dispatch
import Glibc
import Vocabulary

/// The hub's storage account: its blobs, the key that signs access to them, and the devices' uploads.
///
/// The real hub is linked to an account of Azure Storage; this one lives in the data folder, beside the event log and not
/// in it: which files were uploaded is no state of the hub, and their bytes have no place in a log. A reset of the hub
/// leaves them as it would leave Azure's.
///
/// Everything but making it happens on a queue of the account's own, so that a shard never waits for a disk; the store and
/// the uploads are that queue's, which is what makes this safe to share.
public final class StorageAccount: @unchecked Sendable {
    /// The account's name, in signatures and, as in other emulators, the first segment of its URLs' paths.
    public static let name = "emulator"
    public static let container = "blobs"
    /// In the account's folder: its key, as base64 on a line.
    public static let keyFile = "account.key"

    public let limits: BlobLimits
    private let environment: Environment
    private let key: [UInt8]
    private let queue = DispatchQueue(label: "twinhub.blobs")
    private let store: BlobStore
    private let uploads: UploadLog
    /// Removed at the end.
    private let temporaryFolder: String?

    /// - Parameter folder: where everything is kept; nil is a temporary folder that goes with ``close()``.
    public init(folder: String?, limits: BlobLimits, environment: Environment) throws(BlobFailure) {
        self.limits = limits
        self.environment = environment
        var place = folder ?? ""
        if folder == nil {
            guard let made = Files.makeTemporaryFolder() else { throw Disk.failure("a temporary folder") }
            place = made
        }
        temporaryFolder = folder == nil ? place : nil
        do throws(BlobFailure) {
            try Disk.makeFolder(place)
            key = try Self.key(place + "/" + Self.keyFile, environment)
            store = try BlobStore(folder: place, limits: limits, environment: environment)
            uploads = try UploadLog(path: place + "/uploads.ndjson", limits: limits)
        } catch {
            if folder == nil { Files.remove(place) }
            throw error
        }
    }

    private static func key(_ path: String, _ environment: Environment) throws(BlobFailure) -> [UInt8] {
        if let text = try Disk.read(path) {
            guard let key = Base64.decode(text.filter { $0 > 0x20 }), key.count >= 16 else {
                throw .unusable(path: path, reason: "is not a key in base64")
            }
            return key
        }
        let key = environment.randomBytes(64)
        try Disk.replace(path, with: Array((Base64.encode(key) + "\n").utf8), mode: 0o600)
        return key
    }

    /// Waits for what is under way; a temporary folder goes.
    public func close() {
        queue.sync { if let temporaryFolder { Files.remove(temporaryFolder) } }
    }

    // MARK: Signatures

    /// The query, with its `?`, that lets whoever has it read and write the blob.
    public func sasToken(for blob: BlobName, until expiry: Timestamp) -> String {
        ServiceSignature(until: expiry).query(Self.name, Self.container, blob, key: key)
    }

    /// Whether this is the signature of these fields, for this blob or for the container.
    public func isSigned(_ fields: ServiceSignature, _ signature: [UInt8], for blob: BlobName?) -> Bool {
        ServiceSignature.isEqual(fields.sign(Self.name, Self.container, blob, key: key), signature)
    }

    /// What was signed, as Azure shows it to whoever got it wrong.
    public func stringToSign(_ fields: ServiceSignature, for blob: BlobName?) -> String {
        fields.stringToSign(Self.name, Self.container, blob)
    }

    // MARK: Blobs

    /// What becomes of a request; called on the account's queue.
    public typealias Then<Value: Sendable> = @Sendable (Result<Value, BlobFailure>) -> Void

    private func run<Value: Sendable>(
        _ body: @escaping @Sendable (BlobStore) throws(BlobFailure) -> Value, then: @escaping Then<Value>
    ) {
        queue.async { [self] in
            then(Result { () throws(BlobFailure) in try body(store) })
        }
    }

    /// Takes the next piece of a body; calls back when it has left the memory.
    public func append(_ bytes: [UInt8], to write: BlobWrite, then: @escaping @Sendable (Int) -> Void) {
        queue.async { [self] in
            store.append(bytes, to: write)
            then(bytes.count)
        }
    }

    public func discard(_ write: BlobWrite) { queue.async { [self] in store.discard(write) } }

    /// Makes the written bytes a blob, in the place of one of that name; durable before it calls back.
    ///
    /// - Parameter md5: of the bytes as the client has counted it; other ones are refused.
    public func putBlob(
        _ write: BlobWrite, _ name: BlobName, _ headers: ContentHeaders, expecting md5: [UInt8]?,
        _ conditions: BlobConditions, then: @escaping Then<BlobProperties>
    ) {
        run(
            { store throws(BlobFailure) in
                try store.putBlob(write, name, headers, expecting: md5, conditions)
            }, then: then)
    }

    /// Answers the block's digest.
    public func putBlock(
        _ write: BlobWrite, _ name: BlobName, _ id: BlockID, expecting md5: [UInt8]?, then: @escaping Then<[UInt8]>
    ) {
        run({ store throws(BlobFailure) in try store.putBlock(write, name, id, expecting: md5) }, then: then)
    }

    /// Makes a blob of blocks; those that wait and are not named are dropped. Durable before it calls back.
    public func putBlockList(
        _ name: BlobName, _ list: [BlockReference], _ headers: ContentHeaders, md5: [UInt8]?,
        _ conditions: BlobConditions, then: @escaping Then<BlobProperties>
    ) {
        run(
            { store throws(BlobFailure) in
                try store.putBlockList(name, list, headers, md5: md5, conditions)
            }, then: then)
    }

    public func open(_ name: BlobName, _ conditions: BlobConditions, then: @escaping Then<BlobReading>) {
        run({ store throws(BlobFailure) in try store.open(name, conditions) }, then: then)
    }

    /// Up to so many bytes, fewer only at the end; the blob may be gone meanwhile, and is read nevertheless.
    public func read(_ reading: BlobReading, at offset: Int, count: Int, then: @escaping Then<[UInt8]>) {
        run({ _ throws(BlobFailure) in try reading.read(at: offset, count: count) }, then: then)
    }

    public func delete(_ name: BlobName, _ conditions: BlobConditions, then: @escaping Then<Bool>) {
        run(
            { store throws(BlobFailure) in
                try store.delete(name, conditions)
                return true
            }, then: then)
    }

    // MARK: Uploads

    /// Begins a device's upload. It survives the process at once, and the machine when the kernel gets to it: a lost one
    /// costs the device a second try.
    public func begin(
        _ blob: BlobName, by device: String, _ generation: UInt64,
        then: @escaping @Sendable (Result<Upload, UploadRefusal>) -> Void
    ) {
        queue.async { [self] in
            then(
                Result { () throws(UploadRefusal) in
                    let now = environment.now()
                    try uploads.checkRoom(device, generation, now: now)
                    let upload = Upload(
                        correlationID: environment.requestID().dashed, device: device, generation: generation,
                        blob: blob, expiry: now.adding(seconds: Double(limits.uploadSeconds)))
                    try append(.began(upload), durably: false)
                    return upload
                })
        }
    }

    /// Ends one. With success there is a notification, durable before this calls back; without there is nil.
    ///
    /// - Parameter blobURI: where the blob can be found.
    public func end(
        _ correlationID: String, by device: String, _ generation: UInt64, isSuccess: Bool,
        blobURI: @escaping @Sendable (BlobName) -> String,
        then: @escaping @Sendable (Result<FileNotification?, UploadRefusal>) -> Void
    ) {
        queue.async { [self] in
            then(
                Result { () throws(UploadRefusal) in
                    let now = environment.now()
                    let upload = try uploads.book.upload(correlationID, device, generation, now: now)
                    guard isSuccess else {
                        try append(.ended(correlationID: correlationID), durably: true)
                        return nil
                    }
                    guard let blob = try properties(of: upload.blob) else { throw .noBlob }
                    let notification = FileNotification(
                        sequence: uploads.book.lastSequence + 1, device: device, blob: upload.blob,
                        blobURI: blobURI(upload.blob), size: blob.size, modified: blob.modified, enqueued: now)
                    try append(.notified(correlationID: correlationID, notification), durably: true)
                    return notification
                })
        }
    }

    private func append(_ entry: UploadBook.Entry, durably: Bool) throws(UploadRefusal) {
        do throws(BlobFailure) { try uploads.append(entry, durably: durably) } catch { throw .failed(error) }
    }

    private func properties(of blob: BlobName) throws(UploadRefusal) -> BlobProperties? {
        do throws(BlobFailure) { return try store.properties(of: blob) } catch { throw .failed(error) }
    }

    /// Notifications behind a sequence number, in order.
    public func notifications(
        after sequence: UInt64, limit: Int, then: @escaping @Sendable ([FileNotification]) -> Void
    ) {
        queue.async { [self] in then(uploads.book.notifications(after: sequence, limit: limit)) }
    }
}
