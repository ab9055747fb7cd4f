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

    /// Replaces the file as a whole.
    static func write(_ bytes: [UInt8], to path: String, isPrivate: Bool = false) throws(DevelopmentAuthority.Failure) {
        let temporary = path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, isPrivate ? 0o600 : 0o644)
        guard descriptor >= 0, let file = fdopen(descriptor, "w") else { throw failure("write", path) }
        let written = fwrite(bytes, 1, bytes.count, file)
        guard fclose(file) == 0, written == bytes.count, rename(temporary, path) == 0 else {
            throw failure("write", path)
        }
    }

    private static func failure(_ action: String, _ path: String) -> DevelopmentAuthority.Failure {
        DevelopmentAuthority.Failure(description: "cannot \(action) \(path): \(String(cString: strerror(errno)))")
    }
}
