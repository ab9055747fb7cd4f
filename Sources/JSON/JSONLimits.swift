/// What a parser accepts before it gives up on a text.
public struct JSONLimits: Hashable, Sendable {
    /// Objects and arrays inside one another.
    public var depth: Int
    /// Bytes in all.
    public var length: Int
    /// Bytes of one number: source text is kept, so a number's length is memory that a client chooses.
    public var numberLength: Int

    public init(depth: Int = 64, length: Int = 64 << 20, numberLength: Int = 1024) {
        self.depth = depth
        self.length = min(length, Int(Int32.max))
        self.numberLength = numberLength
    }

    public static let standard = JSONLimits()
}
