/// Why a text is no route condition, with the range that is wrong, as a route test of the real hub reports it (query.md
/// section 8).
public struct RouteConditionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A place in the text: both from 1, in characters.
    public struct Place: Hashable, Sendable {
        public let line: Int
        public let column: Int
    }

    public let message: String
    public let start: Place
    /// Of the last character that belongs to it.
    public let end: Place

    public var description: String { "Line \(start.line):\(start.column) \(message)" }
}
