import Dispatch
import Glibc
import Synchronization
import Vocabulary

/// A log in a folder: numbered segments of text, snapshots, and compressed history (see `LogFolder` and `LogLine`).
///
/// Sendable: what all queues share stands in `catalog` behind its lock; `position` belongs to the queue that appends.
public final class Journal: EventLog, @unchecked Sendable {
    let folder: LogFolder
    let options: JournalOptions
    let mark = SyncMark()
    let catalog = Mutex(Catalog())
    /// Told to background work that it should end.
    let isClosing = Atomic(false)

    /// Where the next batch goes in the active segment. Owned by the queue that calls `replay`, `append` and `close`.
    var position = 0

    /// Makes the next segment.
    let filling = DispatchQueue(label: "journal.filling", qos: .utility)
    /// Syncs where an append does not.
    let syncing = DispatchQueue(label: "journal.syncing", qos: .utility)
    /// Compresses what a snapshot covers, and drops what is too old. Not at `.background`: on a busy machine that would be
    /// never, and the folder would grow past its bound.
    let compacting = DispatchQueue(label: "journal.compacting", qos: .utility)

    private let lock: Mutex<FolderLock?>

    /// Takes the folder, made where it does not exist. Throws `LogFailure.locked` where another log has it.
    public init(folder path: String, options: JournalOptions = JournalOptions()) throws(LogFailure) {
        folder = LogFolder(path: path)
        self.options = options
        try folder.create()
        lock = Mutex(try FolderLock(folder))
    }

    /// The folder's path.
    public var path: String { folder.path }

    public func makeBatch() -> LogBatch { LogBatch(mark: mark) }

    public var oldestSequence: UInt64 { catalog.withLock { $0.oldestSequence } }

    public var lastSequence: UInt64 { catalog.withLock { $0.lastSequence } }

    public var snapshotDue: Bool {
        catalog.withLock {
            $0.phase == .writing && !$0.isSnapshotting
                && $0.appendedSinceSnapshot > max(options.snapshotBytes, $0.snapshotSize)
        }
    }

    public var snapshotHelps: Bool {
        catalog.withLock {
            $0.phase == .writing && $0.appendedSinceSnapshot > max(options.snapshotBytes, $0.snapshotSize / 8)
        }
    }

    public var health: LogHealth {
        let (health, wanted) = catalog.withLock { ($0.health, $0.wantedBytes) }
        // Without this a caller that stops writing while the log refuses would never learn that there is room again.
        if case .refusing = health, wanted > 0, freeBytes > wanted + options.firstSegmentBytes { return .writable }
        return health
    }

    /// What the file system still has for us.
    var freeBytes: Int {
        guard let descriptor = try? folder.open(".", O_RDONLY | O_DIRECTORY) else { return 0 }
        defer { Glibc.close(descriptor) }
        var status = statvfs()
        guard fstatvfs(descriptor, &status) == 0 else { return 0 }
        return Self.bytes(of: UInt64(status.f_bavail), blocksOf: UInt64(status.f_frsize))
    }

    /// Some file systems that are not on a disk say that they have more room than a number of bytes can say.
    static func bytes(of blocks: UInt64, blocksOf size: UInt64) -> Int {
        let product = blocks.multipliedFullWidth(by: size)
        return product.high == 0 ? Int(clamping: product.low) : .max
    }

    public func close() throws(LogFailure) {
        let wasWriting: Bool? = catalog.withLock { catalog in
            if case .closed = catalog.phase { return nil }
            defer { catalog.phase = .closed }
            return catalog.phase == .writing
        }
        guard let wasWriting else { return }
        isClosing.store(true, ordering: .relaxed)
        filling.sync {}
        compacting.sync {}
        defer { lock.withLock { $0 = nil } }
        if wasWriting { try leaveTidy() }
    }

    /// Makes all of it durable, and gives back the zeros that nothing was written over.
    private func leaveTidy() throws(LogFailure) {
        try flush()
        let (active, prepared) = catalog.withLock { catalog in
            defer { (catalog.active, catalog.prepared) = (nil, nil) }
            return (catalog.active, catalog.prepared)
        }
        if let prepared { try folder.remove(LogFolder.segment(prepared.number)) }
        if let active, active.capacity > position || prepared != nil {
            _ = ftruncate(active.descriptor, off_t(position))
            _ = fsync(active.descriptor)
            try folder.sync()
        }
    }

    /// Starts work that needs nobody to wait for it.
    func inBackground(on queue: DispatchQueue, _ work: @escaping @Sendable (Journal) -> Void) {
        queue.async { [weak self] in
            guard let self, !self.isClosing.load(ordering: .relaxed) else { return }
            work(self)
        }
    }
}
