/// What can go wrong with a log, in terms of what its owner can do about it.
public enum LogFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// Another process has the folder; its process id where the lock file tells it.
    case locked(folder: String, process: Int32?)
    /// The log is damaged where no crash can have damaged it. Only a repair, or the file from a backup, helps.
    case damaged(LogDamage)
    /// The write failed (a full disk, most often) and left no trace. Worth trying again.
    case refused(reason: String)
    /// A sync failed, so nobody knows what is on the disk: no further append until the process starts anew.
    case broken(reason: String)
    /// A file could not be opened, read or made.
    case unusable(path: String, reason: String)
    /// The asked-for record is no longer kept; the oldest that is.
    case compacted(oldest: UInt64)
    /// The caller broke the protocol's order of use, or its sequence numbers do not continue the log's.
    case misused(reason: String)

    public var description: String {
        switch self {
        case .locked(let folder, let process):
            let owner = process.map { "process \($0)" } ?? "another process"
            return "\(folder) is in use by \(owner); one server a data folder"
        case .damaged(let damage): return damage.description
        case .refused(let reason): return reason
        case .broken(let reason): return "\(reason); the log takes no more writes until a restart"
        case .unusable(let path, let reason): return "\(path): \(reason)"
        case .compacted(let oldest): return "the log begins at sequence \(oldest)"
        case .misused(let reason): return reason
        }
    }
}

/// Where a log is damaged, and how one can tell.
public struct LogDamage: Hashable, Sendable, CustomStringConvertible {
    /// The file's name in the log's folder.
    public var file: String
    /// Counted from 1; in a compressed segment, of the decompressed text.
    public var line: Int
    public var reason: String

    public init(file: String, line: Int, reason: String) {
        self.file = file
        self.line = line
        self.reason = reason
    }

    public var description: String { "\(file), line \(line): \(reason)" }
}
