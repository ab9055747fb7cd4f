import Glibc

@testable import Journal

/// A folder that goes with the test.
final class TemporaryFolder {
    let path: String

    init() {
        var template = Array("/tmp/journal-tests-XXXXXX".utf8CString)
        path = String(cString: mkdtemp(&template))
    }

    /// One that exists, and goes unless it is forgotten.
    init(at path: String) { self.path = path }

    private var isForgotten = false

    /// Lets the folder stay.
    func forget() { isForgotten = true }

    deinit {
        if !isForgotten { Self.remove(path) }
    }

    static func remove(_ path: String) {
        for name in names(in: path) { unlink(path + "/" + name) }
        rmdir(path)
    }

    static func names(in path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    var names: [String] { Self.names(in: path) }

    func bytes(_ name: String) -> [UInt8] {
        let descriptor = open(path + "/" + name, O_RDONLY)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var status = stat()
        fstat(descriptor, &status)
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        let count = bytes.count
        _ = pread(descriptor, &bytes, count, 0)
        return bytes
    }

    func write(_ bytes: [UInt8], to name: String) {
        let descriptor = open(path + "/" + name, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        _ = pwrite(descriptor, bytes, bytes.count, 0)
        close(descriptor)
    }

    /// A copy, as a crash at this moment would leave the folder.
    func copy() -> TemporaryFolder {
        let copy = TemporaryFolder()
        for name in names where name != "lock" { copy.write(bytes(name), to: name) }
        return copy
    }
}

extension TemporaryFolder {
    static func removeFile(_ path: String) { unlink(path) }
}
