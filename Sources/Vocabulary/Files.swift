import Glibc

/// Small files, read and written whole, and the folders that they stand in. Every call blocks.
public enum Files {
    /// The file's bytes; nil with `errno` set where it cannot be read.
    public static func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(status.st_size))
        var chunk = [UInt8](repeating: 0, count: min(64 << 10, max(4 << 10, Int(status.st_size) + 1)))
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                return nil
            }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    /// Replaces the file as a whole: readers see the old bytes or the new ones. False with `errno` set on failure.
    ///
    /// - Parameter durably: whether it must be on the disk when this returns, for what cannot be made again.
    public static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o644, durably: Bool = false) -> Bool {
        let temporary = path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { return false }
        let isWritten = write(bytes, to: descriptor) && (!durably || fdatasync(descriptor) == 0)
        guard close(descriptor) == 0, isWritten, rename(temporary, path) == 0 else {
            let number = errno
            unlink(temporary)
            errno = number
            return false
        }
        return !durably || syncName(of: path)
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return false }
        }
        return true
    }

    /// Makes the folder and those above it, durably: what is acknowledged will stand in it. False with `errno` set on failure.
    public static func makeFolder(_ path: String, mode: mode_t = 0o755) -> Bool {
        if mkdir(path, mode) == 0 { return syncName(of: path) }
        if errno == EEXIST { return true }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex,
            makeFolder(String(path[..<slash]))
        else { return false }
        if mkdir(path, mode) == 0 { return syncName(of: path) }
        return errno == EEXIST
    }

    /// Makes a folder of a new name for the time of the process, below `TMPDIR` or `/tmp`. Nil with `errno` set on failure.
    public static func makeTemporaryFolder() -> String? {
        let above = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(above)/twinhub-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { return nil }
        return String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Makes durable that something of this name is there: a file that is new is found again after a power failure.
    /// False with `errno` set on failure.
    public static func syncName(of path: String) -> Bool {
        let name = path.hasSuffix("/") ? path.dropLast() : path[...]
        return syncFolder(name.lastIndex(of: "/").map { String(name[...$0]) } ?? ".")
    }

    /// Makes what happened to a folder's names durable. False with `errno` set on failure.
    public static func syncFolder(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return fsync(descriptor) == 0
    }

    public static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Names in a folder, in order; none where there is no such folder.
    public static func names(in path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Removes a file, or a folder with everything in it.
    public static func remove(_ path: String) {
        if unlink(path) == 0 || errno == ENOENT { return }
        for name in names(in: path) { remove(path + "/" + name) }
        rmdir(path)
    }

    /// The path from the root, with links followed; the path as given where it cannot be followed.
    public static func absolute(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
