import Glibc
import Vocabulary

/// A file written from front to back, on one queue.
final class OutputFile {
    private let descriptor: Int32
    private let path: String
    private(set) var count = 0

    /// Makes the file, or empties it.
    init(_ name: String, in folder: LogFolder) throws(LogFailure) {
        path = folder.path(of: name)
        descriptor = try folder.open(name, O_WRONLY | O_CREAT | O_TRUNC)
    }

    func write(_ bytes: [UInt8]) throws(LogFailure) {
        let failure = bytes.withUnsafeBytes { bytes -> Int32? in
            var written = 0
            while written < bytes.count {
                let done = Glibc.write(descriptor, bytes.baseAddress! + written, bytes.count - written)
                if done > 0 { written += done } else if errno != EINTR { return errno }
            }
            return nil
        }
        if let failure { throw .unusable(path: path, reason: "cannot be written: \(SystemError.text(failure))") }
        count += bytes.count
    }

    /// Makes what was written so far durable.
    func sync() throws(LogFailure) {
        guard fdatasync(descriptor) == 0 else {
            throw .unusable(path: path, reason: "cannot be synced: \(SystemError.text())")
        }
    }

    deinit { close(descriptor) }
}
