import Glibc
import Vocabulary

/// The book's file, `uploads.ndjson`: an entry a line, written anew when most of it is history. Belongs to the account's
/// queue.
final class UploadLog {
    private(set) var book: UploadBook
    private let path: String
    private var descriptor: Int32
    private var lines = 0

    /// Lines of history that are not worth writing the file anew for.
    private static let history = 4096

    /// Reads what is there. A last line that a crash cut short was never acknowledged and is cut off; any other line that
    /// cannot be read stops the start.
    init(path: String, limits: BlobLimits) throws(BlobFailure) {
        self.path = path
        book = UploadBook(limits: limits)
        let bytes = try Disk.read(path) ?? []
        let whole = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        for line in bytes[..<whole].split(separator: UInt8(ascii: "\n")) {
            lines += 1
            guard let entry = UploadBook.Entry(line: line) else {
                throw .unusable(path: path, reason: "line \(lines) is damaged")
            }
            book.apply(entry)
        }
        let isNew = !Disk.exists(path)
        descriptor = try Disk.open(path, O_RDWR | O_CREAT | O_APPEND)
        if isNew { try Disk.syncName(of: path) }
        guard whole == bytes.count || ftruncate(descriptor, off_t(whole)) == 0 else { throw Disk.failure(path) }
    }

    func checkRoom(_ device: String, _ generation: UInt64, now: Timestamp) throws(UploadRefusal) {
        try book.checkRoom(device, generation, now: now)
    }

    /// Writes an entry, then lets it happen. A write that fails half-way is taken back.
    ///
    /// - Parameter durably: whether it must be on the disk before this returns, rather than only survive the process.
    func append(_ entry: UploadBook.Entry, durably: Bool) throws(BlobFailure) {
        let end = lseek(descriptor, 0, SEEK_END)
        do throws(BlobFailure) {
            let line = entry.line
            let result = line.withUnsafeBytes { bytes in
                Result { () throws(BlobFailure) in try Disk.write(bytes, to: descriptor, path) }
            }
            try result.get()
            if durably { try Disk.sync(descriptor, path) }
        } catch {
            ftruncate(descriptor, end)
            throw error
        }
        book.apply(entry)
        lines += 1
        if lines > Self.history + 2 * (book.uploads.count + book.notifications.count) { rewrite() }
    }

    /// The old file goes on being good where this fails.
    private func rewrite() {
        let entries = book.entries
        do throws(BlobFailure) {
            try Disk.replace(path, with: entries.flatMap(\.line))
            let new = try Disk.open(path, O_RDWR | O_APPEND)
            close(descriptor)
            descriptor = new
            lines = entries.count
        } catch {
            lines = 0
        }
    }

    deinit { close(descriptor) }
}
