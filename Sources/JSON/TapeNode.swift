/// One value of a parsed text. The nodes of a text lie in the order of the text: an object's node is followed by its
/// first key, that key's value, the second key and so on; an array's by its elements.
@frozen
public struct TapeNode: Sendable {
    /// Where the value's source text begins; a string's at its opening quote.
    public var offset: UInt32
    /// Bytes of the source text, quotes and brackets included.
    public var length: UInt32
    /// The node behind this value and everything in it.
    public var next: UInt32
    /// Members or elements; `manyChildren` stands for that many or more.
    public var count: UInt16
    public var kind: JSONValue.Kind
    /// A string with escapes, a number without fraction and exponent, or `true`.
    public var isMarked: Bool

    @inlinable
    public init(_ kind: JSONValue.Kind, offset: Int, length: Int, next: Int, isMarked: Bool) {
        self.offset = UInt32(truncatingIfNeeded: offset)
        self.length = UInt32(truncatingIfNeeded: length)
        self.next = UInt32(truncatingIfNeeded: next)
        self.count = 0
        self.kind = kind
        self.isMarked = isMarked
    }

    public static var manyChildren: UInt16 { .max }

    /// The source text's bytes.
    @inlinable public var range: Range<Int> { Int(offset)..<Int(offset) + Int(length) }
    /// The bytes between a string's quotes, escapes and all.
    @inlinable public var content: Range<Int> { Int(offset) + 1..<Int(offset) + Int(length) - 1 }
    /// Whether a string holds escapes, so that its source text is not its value.
    @inlinable public var isEscaped: Bool { isMarked }
    /// Whether a number has neither fraction nor exponent.
    @inlinable public var isInteger: Bool { isMarked }
}
