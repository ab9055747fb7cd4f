/// Why a text is no query, with the place (query.md section 10: the real parser reports `Line <l>:<c>`).
public struct QueryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Lines from 1, columns from 0, as the real parser counts; a column is a code point.
    public let line: Int
    public let column: Int
    public let reason: String

    public init(line: Int, column: Int, reason: String) {
        self.line = line
        self.column = column
        self.reason = reason
    }

    public var description: String { "Line \(line):\(column) \(reason)" }
}
