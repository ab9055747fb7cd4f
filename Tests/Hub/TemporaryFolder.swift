import Glibc

/// A folder that goes with the test.
final class TemporaryFolder {
    let path: String

    init() {
        var template = Array("/tmp/hub-tests-XXXXXX".utf8CString)
        path = String(cString: mkdtemp(&template))
    }

    deinit {
        for name in names { unlink(path + "/" + name) }
        rmdir(path)
    }

    private var names: [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// As a crash at this moment would leave it.
    func copied() -> TemporaryFolder {
        while true {
            let copy = TemporaryFolder()
            let before = names
            for name in before where name != "lock" { copy.write(bytes(name), to: name) }
            // Snapshots and compaction go on beside this, and no crash leaves two moments at once.
            if names == before { return copy }
        }
    }

    /// Leaves half of a line behind the last whole one.
    func tear() {
        guard let last = names.last(where: { $0.hasPrefix("segment-") && !$0.hasSuffix(".gz") }) else { return }
        var content = bytes(last)
        let end = content.firstIndex(of: 0) ?? content.count
        let line = Array(#"{"seq":999999999,"batch":1,"time":"2027-01-0"#.utf8)
        content.replaceSubrange(end..<min(end + line.count, content.count), with: line)
        write(content, to: last)
    }

    /// Leaves only so much of the log as `choose` says of its length, and where it stood nothing, or zeros of a segment
    /// that was filled ahead.
    func cut(leavesZeros: Bool, _ choose: (Int) -> Int) {
        guard let last = names.last(where: { $0.hasPrefix("segment-") && !$0.hasSuffix(".gz") }) else { return }
        let content = bytes(last)
        let end = content.firstIndex(of: 0) ?? content.count
        let kept = choose(end)
        write(content[..<kept] + [UInt8](repeating: 0, count: leavesZeros ? end - kept + 5_000 : 0), to: last)
    }

    private func bytes(_ name: String) -> [UInt8] {
        let descriptor = open(path + "/" + name, O_RDONLY)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var status = stat()
        fstat(descriptor, &status)
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return Array(bytes.prefix(max(count, 0)))
    }

    private func write(_ bytes: [UInt8], to name: String) {
        let descriptor = open(path + "/" + name, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        defer { close(descriptor) }
        _ = pwrite(descriptor, bytes, bytes.count, 0)
    }
}
