import Glibc
import Vocabulary

/// File system calls whose failures are `BlobFailure`s. They block: only the account's queue makes them.
enum Disk {
    static func failure(_ path: String) -> BlobFailure {
        .unusable(path: path, reason: SystemError.text())
    }

    static func open(_ path: String, _ flags: Int32, mode: mode_t = 0o644) throws(BlobFailure) -> Int32 {
        let descriptor = Glibc.open(path, flags | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure(path) }
        return descriptor
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func size(_ path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : nil
    }

    /// Seconds since 1970 of the last write; nil where there is no such file.
    static func modified(_ path: String) -> Int64? {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_mtim.tv_sec) : nil
    }

    static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, _ path: String) throws(BlobFailure) {
        var offset = 0
        while offset < bytes.count {
            let count = Glibc.write(descriptor, bytes.baseAddress! + offset, bytes.count - offset)
            if count > 0 { offset += count } else if errno != EINTR { throw failure(path) }
        }
    }

    static func sync(_ descriptor: Int32, _ path: String) throws(BlobFailure) {
        guard fdatasync(descriptor) == 0 else { throw failure(path) }
    }

    /// Makes what happened to a folder's names durable.
    static func syncFolder(_ path: String) throws(BlobFailure) {
        guard Files.syncFolder(path) else { throw failure(path) }
    }

    /// Makes durable that something of this name is there.
    static func syncName(of path: String) throws(BlobFailure) {
        guard Files.syncName(of: path) else { throw failure(path) }
    }

    static func move(_ from: String, to path: String) throws(BlobFailure) {
        guard rename(from, path) == 0 else { throw failure(path) }
    }

    /// The file's bytes; nil where there is none.
    static func read(_ path: String) throws(BlobFailure) -> [UInt8]? {
        if let bytes = Files.read(path) { return bytes }
        guard errno == ENOENT else { throw failure(path) }
        return nil
    }

    /// Up to so many bytes; fewer only at the file's end.
    static func read(_ descriptor: Int32, _ path: String, at offset: Int, count: Int) throws(BlobFailure) -> [UInt8] {
        var filled = 0
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            while filled < count {
                let done = pread(descriptor, buffer.baseAddress! + filled, count - filled, off_t(offset + filled))
                if done > 0 {
                    filled += done
                } else if done == 0 {
                    break
                } else if errno != EINTR {
                    failed = true
                    break
                }
            }
            initialized = filled
        }
        guard !failed else { throw failure(path) }
        return bytes
    }

    /// Replaces a file as a whole, durably: what is there after a power failure is the one or the other.
    static func replace(_ path: String, with bytes: [UInt8], mode: mode_t = 0o644) throws(BlobFailure) {
        guard Files.write(bytes, to: path, mode: mode, durably: true) else { throw failure(path) }
    }

    /// Makes the folder and those above it, durably.
    static func makeFolder(_ path: String) throws(BlobFailure) {
        guard Files.makeFolder(path) else { throw failure(path) }
    }

    /// Removes a file, and never a folder.
    static func remove(file path: String) { unlink(path) }
}
