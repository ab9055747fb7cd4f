import Glibc

/// Files in a certificate folder, read and written whole.
enum PEMFile {
    static func exists(_ path: String) -> Bool { access(path, R_OK) == 0 }

    /// The file's bytes; nil where it cannot be read.
    static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 8192)
        while true {
            let count = fread(&piece, 1, piece.count, file)
            if count == 0 { return ferror(file) == 0 ? bytes : nil }
            bytes.append(contentsOf: piece[..<count])
        }
    }

    /// Replaces the file as a whole. It is on disk when this returns: clients have been told to trust what stands in it.
    static func write(_ bytes: [UInt8], to path: String, isPrivate: Bool = false) throws(DevelopmentAuthority.Failure) {
        let temporary = path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, isPrivate ? 0o600 : 0o644)
        guard descriptor >= 0, let file = fdopen(descriptor, "w") else { throw failure("write", path) }
        let isWritten =
            fwrite(bytes, 1, bytes.count, file) == bytes.count && fflush(file) == 0 && fdatasync(descriptor) == 0
        guard fclose(file) == 0, isWritten, rename(temporary, path) == 0, syncFolder(of: path) else {
            throw failure("write", path)
        }
    }

    private static func syncFolder(of path: String) -> Bool {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return fsync(descriptor) == 0
    }

    private static func failure(_ action: String, _ path: String) -> DevelopmentAuthority.Failure {
        DevelopmentAuthority.Failure(description: "cannot \(action) \(path): \(String(cString: strerror(errno)))")
    }
}
