import Glibc
import Synchronization

/// How far an endpoint has got: the sequence of the last event that is where it belongs. Kept in a file of its own, or in
/// memory where nothing is kept on disk. It stays when the endpoint goes, so that one that comes back under the same name
/// gets nothing twice.
final class DeliveryCursor: Sendable {
    /// Nil where nothing is kept on disk.
    private let path: String?
    /// The position where there is no file.
    private let kept = Mutex<UInt64?>(nil)

    init(path: String?) { self.path = path }

    /// Nil where none was ever written. 0 for a file that cannot be read: what is delivered twice is not lost.
    func read() -> UInt64? {
        guard let path else { return kept.withLock { $0 } }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return errno == ENOENT ? nil : 0 }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count > 0 else { return 0 }
        return UInt64(String(decoding: bytes[..<count].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)) ?? 0
    }

    /// Replaces the file as a whole. Where that fails some events are delivered twice after a restart, and none is lost.
    func write(_ sequence: UInt64) {
        guard let path else { return kept.withLock { $0 = sequence } }
        // No endpoint's name has this character.
        let temporary = path + "~"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return }
        let text = Array("\(sequence)\n".utf8)
        let count = Glibc.write(descriptor, text, text.count)
        close(descriptor)
        if count == text.count { rename(temporary, path) }
    }
}
