/// Where a log is damaged, and how one can tell.
public struct LogDamage: Hashable, Sendable, CustomStringConvertible {
    /// The file's name in the log's folder.
    public var file: String
    /// Counted from 1; in a compressed segment, of the decompressed text.
    public var line: Int
    /// For a person; no part of it is meant to be compared.
    public var reason: String

    public init(file: String, line: Int, reason: String) {
        self.file = file
        self.line = line
        self.reason = reason
    }

    public var description: String { "\(file), line \(line): \(reason)" }
}
