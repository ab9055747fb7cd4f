import Glibc

/// How far an endpoint has got, kept in a file of its own: the sequence of the last event that is where it belongs. The file
/// stays when the endpoint goes, so that one that comes back under the same name gets nothing twice.
struct DeliveryCursor: Sendable {
    /// Nil where nothing is kept on disk.
    let path: String?

    /// 0 where nothing has been delivered: an endpoint is named in no event from before it was declared.
    func read() -> UInt64 {
        guard let path else { return 0 }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count > 0 else { return 0 }
        return UInt64(String(decoding: bytes[..<count].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)) ?? 0
    }

    /// Replaces the file as a whole. Where that fails some events are delivered twice after a restart, and none is lost.
    func write(_ sequence: UInt64) {
        guard let path else { return }
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
