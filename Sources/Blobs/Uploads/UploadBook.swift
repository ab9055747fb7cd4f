import Vocabulary

/// Every upload that is under way, and the notifications of those that have succeeded. A value: what happened to it is in
/// the entries, and the same entries make the same book.
struct UploadBook {
    /// What changes the book; the lines of its file.
    enum Entry: Hashable {
        case began(Upload)
        /// Ended without a file.
        case ended(correlationID: String)
        /// Ended with one: at once the end and the notification.
        case notified(correlationID: String, FileNotification)
    }

    let limits: BlobLimits
    private(set) var uploads: [String: Upload] = [:]
    /// The newest, oldest first.
    private(set) var notifications: [FileNotification] = []
    private(set) var lastSequence: UInt64 = 0
    /// Uploads that are too few to be looked through for those that are over.
    private static let fewUploads = 1_000
    /// As many are known when they are looked through again: twice as many as were left the last time.
    private var sweepCount = fewUploads
    /// Before this moment there is none to be found.
    private var sweepTime = Timestamp.never
    private var correlationIDs: [String: [String]] = [:]

    init(limits: BlobLimits) { self.limits = limits }

    mutating func apply(_ entry: Entry) {
        switch entry {
        case .began(let upload):
            uploads[upload.correlationID] = upload
            correlationIDs[upload.device, default: []].append(upload.correlationID)
        case .ended(let id): forget(id)
        case .notified(let id, let notification):
            forget(id)
            notifications.append(notification)
            lastSequence = notification.sequence
            // A little more than is promised, so that not each one moves the rest.
            if notifications.count > limits.notifications + limits.notifications / 4 {
                notifications.removeFirst(notifications.count - limits.notifications)
            }
        }
    }

    private mutating func forget(_ id: String) {
        guard let upload = uploads.removeValue(forKey: id) else { return }
        correlationIDs[upload.device]?.removeAll { $0 == id }
        if correlationIDs[upload.device]?.isEmpty == true { correlationIDs[upload.device] = nil }
    }

    /// Throws where the device, or the book, has no room for another. What has expired takes none, and is forgotten a while later, so
    /// that the device is told what became of it.
    mutating func checkRoom(_ device: String, _ generation: UInt64, now: Timestamp) throws(UploadRefusal) {
        var open = 0
        for id in correlationIDs[device] ?? [] {
            guard let upload = uploads[id] else { continue }
            let isOfBefore = upload.generation != generation
            if isOfBefore || upload.expiry.adding(seconds: Double(limits.expiredSeconds)) <= now {
                forget(id)
            } else if upload.expiry > now {
                open += 1
            }
        }
        guard open < limits.uploadsPerDevice else { throw .tooMany(limit: limits.uploadsPerDevice) }
        sweep(now: now)
        guard uploads.count < limits.uploads else { throw .tooManyOfAll(limit: limits.uploads) }
    }

    /// Forgets what devices have begun and not come back to, of whom many never will.
    private mutating func sweep(now: Timestamp) {
        guard uploads.count >= min(sweepCount, limits.uploads), now >= sweepTime else { return }
        func forget(expiredBy time: Timestamp) {
            for upload in uploads.values where upload.expiry <= time { self.forget(upload.correlationID) }
        }
        forget(expiredBy: now.adding(seconds: -Double(limits.expiredSeconds)))
        if uploads.count >= limits.uploads { forget(expiredBy: now) }
        sweepCount = max(Self.fewUploads, 2 * uploads.count)
        sweepTime = uploads.count < limits.uploads ? .never : uploads.values.map(\.expiry).min() ?? .never
    }

    /// The open upload of this device with this id.
    func upload(_ id: String, _ device: String, _ generation: UInt64, now: Timestamp) throws(UploadRefusal) -> Upload {
        guard let upload = uploads[id], upload.device == device, upload.generation == generation else { throw .unknown }
        guard upload.expiry > now else { throw .expired }
        return upload
    }

    /// The first so many notifications behind a sequence number, in order.
    func notifications(after sequence: UInt64, limit: Int) -> [FileNotification] {
        Array(notifications.drop { $0.sequence <= sequence }.prefix(limit))
    }

    /// The fewest entries that make this book.
    var entries: [Entry] {
        notifications.map { .notified(correlationID: "", $0) }
            + uploads.values.sorted { $0.correlationID < $1.correlationID }.map { .began($0) }
    }
}
