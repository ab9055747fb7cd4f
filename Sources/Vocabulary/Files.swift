import Glibc

/// Small files, read and written whole.
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
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
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
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                close(descriptor)
                unlink(temporary)
                return false
            }
            rest = rest.dropFirst(count)
        }
        let isSynced = !durably || fdatasync(descriptor) == 0
        guard close(descriptor) == 0, isSynced, rename(temporary, path) == 0 else { return false }
        return !durably || syncFolder(of: path)
    }

    /// Makes the folder and those above it, durably: what is acknowledged will stand in it. False with `errno` set on failure.
    public static func makeFolder(_ path: String, mode: mode_t = 0o755) -> Bool {
        if mkdir(path, mode) == 0 { return syncFolder(of: path) }
        if errno == EEXIST { return true }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex,
            makeFolder(String(path[..<slash]))
        else { return false }
        if mkdir(path, mode) == 0 { return syncFolder(of: path) }
        return errno == EEXIST
    }

    /// Makes durable that something of this name is there.
    private static func syncFolder(of path: String) -> Bool {
        let name = path.hasSuffix("/") ? path.dropLast() : path[...]
        let folder = name.lastIndex(of: "/").map { String(name[...$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return fsync(descriptor) == 0
    }

    public static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Everything that comes on standard input.
    public static func standardInput() throws(StartFailure) -> [UInt8] {
        guard let bytes = read("/dev/stdin") else { throw StartFailure("standard input: \(reason)") }
        return bytes
    }

    /// Removes a folder of plain files.
    public static func removeFolder(_ path: String) {
        guard let folder = opendir(path) else { return }
        defer {
            closedir(folder)
            rmdir(path)
        }
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { unlink(path + "/" + name) }
        }
    }

    /// What `errno` says, as text.
    public static var reason: String { reason(errno) }

    public static func reason(_ number: Int32) -> String { String(cString: strerror(number)) }

    /// The path from the root, with links followed; the path as given where it cannot be followed.
    public static func absolute(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
