import Glibc
import Vocabulary

/// A file that is read wherever one likes, on any thread.
final class InputFile: Sendable {
    let name: String
    let path: String
    private let descriptor: Int32

    init(_ name: String, in folder: LogFolder) throws(LogFailure) {
        self.name = name
        path = folder.path(of: name)
        descriptor = try folder.open(name)
    }

    /// All of it, mapped.
    func map() throws(LogFailure) -> LogBytes {
        try LogBytes(mapping: descriptor, count: LogFolder.size(of: descriptor, path: path), path: path)
    }

    /// Tells the kernel that all of it is about to be read, front to back.
    func expectSequentialReading() { _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL) }

    /// Fills the memory with what stands from an offset on. Throws where the file ends before.
    func read(_ memory: UnsafeMutableRawBufferPointer, at offset: Int) throws(LogFailure) {
        var done = 0
        while done < memory.count {
            let got = pread(descriptor, memory.baseAddress! + done, memory.count - done, off_t(offset + done))
            if got < 0, errno == EINTR { continue }
            guard got > 0 else {
                throw .unusable(
                    path: path, reason: "cannot be read: \(got == 0 ? "it has become shorter" : SystemError.text())")
            }
            done += got
        }
    }

    deinit { close(descriptor) }
}
