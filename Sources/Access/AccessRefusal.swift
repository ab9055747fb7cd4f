/// Why somebody was not let in; for the log. The caller is told no more than 401, and no key or token stands here.
public struct AccessRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}
