import Glibc

/// The right to write in a folder, held by one process at a time until this object goes.
final class FolderLock: Sendable {
    private let descriptor: Int32

    init(_ folder: LogFolder) throws(LogFailure) {
        let descriptor = try folder.open(LogFolder.lockName, O_RDWR | O_CREAT)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            var digits = [UInt8](repeating: 0, count: 12)
            let count = read(descriptor, &digits, digits.count)
            let text = String(decoding: digits.prefix(max(count, 0)).prefix { $0 > 32 }, as: UTF8.self)
            Glibc.close(descriptor)
            throw .locked(folder: folder.path, process: Int32(text))
        }
        let text = Array("\(getpid())\n".utf8)
        // What the file says helps people only; the lock itself is the kernel's.
        _ = ftruncate(descriptor, 0)
        _ = pwrite(descriptor, text, text.count, 0)
        self.descriptor = descriptor
    }

    deinit {
        // Closing is not enough while a child process is on its way from fork to exec with a copy of the descriptor.
        flock(descriptor, LOCK_UN)
        Glibc.close(descriptor)
    }
}
