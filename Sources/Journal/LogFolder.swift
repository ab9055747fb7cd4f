import Glibc
import Vocabulary

/// The names in a log's folder.
///
///     segment-00000001.jsonl            records, zeros behind them while it is being written
///     segment-00000001.jsonl.gz         the same once a snapshot covers it
///     snapshot-00000000000000000012.jsonl   the state after record 12
///     *.tmp                             being written when a crash came; removed at the start
///     damaged-*                         set aside by a repair
///     lock                              the process that has the folder
struct LogFolder: Sendable {
    let path: String

    struct Contents {
        /// Numbers of plain and of compressed segments, rising.
        var plain: [Int] = []
        var compressed: [Int] = []
        /// Sequences that snapshots cover, rising.
        var snapshots: [UInt64] = []
        var temporary: [String] = []
    }

    static let lockName = "lock"
    static let temporarySuffix = ".tmp"
    static let damagedPrefix = "damaged-"

    static func segment(_ number: Int) -> String { "segment-\(padded(UInt64(number), 8)).jsonl" }
    static func compressed(_ number: Int) -> String { segment(number) + ".gz" }
    static func snapshot(_ covering: UInt64) -> String { "snapshot-\(padded(covering, 20)).jsonl" }

    func path(of name: String) -> String { path + "/" + name }

    /// Makes the folder and those above it, durably: a log is no safer than its folder's own name.
    func create() throws(LogFailure) {
        var prefix = ""
        var above = "."
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            prefix += prefix.isEmpty && !part.isEmpty ? part : "/" + part
            defer { above = prefix }
            guard mkdir(prefix, 0o700) != 0 else {
                try LogFolder(path: above).sync()
                continue
            }
            guard errno != EEXIST, errno != EISDIR, prefix != "/" else { continue }
            let reason = SystemError.text()
            var status = stat()
            guard stat(prefix, &status) == 0 else { throw .unusable(path: path, reason: reason) }
        }
    }

    /// What lies in the folder; names of no known form are left alone.
    func contents() throws(LogFailure) -> Contents {
        guard let folder = opendir(path) else { throw .unusable(path: path, reason: SystemError.text()) }
        defer { closedir(folder) }
        var found = Contents()
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(Self.temporarySuffix) {
                if name.hasPrefix("segment-") || name.hasPrefix("snapshot-") { found.temporary.append(name) }
            } else if let number = Self.number(in: name, "segment-", ".jsonl").flatMap(UInt32.init(exactly:)) {
                found.plain.append(Int(number))
            } else if let number = Self.number(in: name, "segment-", ".jsonl.gz").flatMap(UInt32.init(exactly:)) {
                found.compressed.append(Int(number))
            } else if let covering = Self.number(in: name, "snapshot-", ".jsonl") {
                found.snapshots.append(covering)
            }
        }
        found.plain.sort()
        found.compressed.sort()
        found.snapshots.sort()
        return found
    }

    func open(_ name: String, _ flags: Int32 = O_RDONLY) throws(LogFailure) -> Int32 {
        let descriptor = Glibc.open(path(of: name), flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .unusable(path: path(of: name), reason: SystemError.text()) }
        return descriptor
    }

    /// The file's bytes, mapped; only the first `count` of them where given.
    func map(_ name: String, count: Int? = nil) throws(LogFailure) -> LogBytes {
        let descriptor = try open(name)
        defer { Glibc.close(descriptor) }
        let size = try Self.size(of: descriptor, path: path(of: name))
        return try LogBytes(mapping: descriptor, count: min(size, count ?? size), path: path(of: name))
    }

    static func size(of descriptor: Int32, path: String) throws(LogFailure) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unusable(path: path, reason: SystemError.text()) }
        return Int(status.st_size)
    }

    func size(of name: String) -> Int {
        var status = stat()
        return stat(path(of: name), &status) == 0 ? Int(status.st_size) : 0
    }

    /// Removes a file; one that is not there is no error.
    func remove(_ name: String) throws(LogFailure) {
        guard unlink(path(of: name)) == 0 || errno == ENOENT else {
            throw .unusable(path: path(of: name), reason: "cannot be removed: \(SystemError.text())")
        }
    }

    func rename(_ name: String, to other: String) throws(LogFailure) {
        guard Glibc.rename(path(of: name), path(of: other)) == 0 else {
            throw .unusable(path: path(of: name), reason: "cannot be renamed: \(SystemError.text())")
        }
    }

    /// Makes the names durable: files made, renamed and removed.
    func sync() throws(LogFailure) {
        let descriptor = try open(".", O_RDONLY | O_DIRECTORY)
        defer { Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw .unusable(path: path, reason: "cannot be synced: \(SystemError.text())")
        }
    }

    private static func padded(_ number: UInt64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func number(in name: String, _ prefix: String, _ suffix: String) -> UInt64? {
        guard name.hasPrefix(prefix), name.hasSuffix(suffix), name.utf8.count > prefix.utf8.count + suffix.utf8.count
        else { return nil }
        let digits = name.dropFirst(prefix.count).dropLast(suffix.count)
        return digits.allSatisfy(\.isNumber) ? UInt64(digits) : nil
    }
}
