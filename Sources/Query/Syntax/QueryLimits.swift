/// Bounds of a query.
public enum QueryLimits {
    /// Characters of a query's text (query.md section 1).
    public static let characters = 8_192
    /// How deep parentheses, NOT and functions may stand in each other.
    public static let depth = 100
    /// Groups of a GROUP BY.
    public static let groups = 100_000
}
