/// What a table of values is asked for to answer an access: of parts that must all hold, the one that names the fewest alone.
public struct ValueSearch: Sendable {
    /// Whatever lies within any of these bounds may meet the condition.
    let parts: [(column: Int, bounds: ValueBounds)]
    /// How many places it names at most.
    public let atMost: Int
}
