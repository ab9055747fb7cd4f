import Glibc

/// One value of a document; keeps the document alive.
public struct JSONValue: Sendable {
    let storage: JSONStorage
    /// The value's place on the document's tape.
    public let index: Int

    public enum Kind: UInt8, Sendable {
        case null, bool, number, string, array, object
    }

    init(storage: JSONStorage, index: Int) {
        self.storage = storage
        self.index = index
    }

    var node: TapeNode { storage.nodes[index] }

    public var kind: Kind { node.kind }

    public var isNull: Bool { kind == .null }

    /// The document that this value stands in.
    public var document: [UInt8] { storage.bytes }

    /// As above, parsed.
    public var whole: JSONDocument { JSONDocument(storage: storage) }

    /// Where the value stands in its document's bytes; a string's quotes belong to it.
    public var range: Range<Int> { node.range }

    /// The value's source text.
    public var raw: ArraySlice<UInt8> { storage.bytes[node.range] }

    /// A string's text; nil for other kinds.
    public var string: String? { kind == .string ? storage.text(index) : nil }

    /// A number without fraction and exponent that fits; nil for all else.
    public var int: Int64? { kind == .number && node.isInteger ? Int64(String(decoding: raw, as: UTF8.self)) : nil }

    /// As ``int`` where it is not negative: a count, from which it can be counted on without overflow. Nil for all else.
    public var counter: UInt64? { int.flatMap(UInt64.init(exactly:)) }

    /// A number; infinite where it is beyond a double's range. Nil for other kinds.
    public var double: Double? { kind == .number ? Double(String(decoding: raw, as: UTF8.self)) : nil }

    public var bool: Bool? { kind == .bool ? node.isMarked : nil }

    /// Members of an object (repeated keys counted), elements of an array, 0 for scalars.
    public var count: Int {
        let count = node.count
        if count < TapeNode.manyChildren { return Int(count) }
        return kind == .object ? members.reduce(0) { sum, _ in sum + 1 } : elements.reduce(0) { sum, _ in sum + 1 }
    }

    /// A member's value; of repeated keys the last one counts, as in the service's own parser. Nil where there is none,
    /// and for other kinds.
    public subscript(_ key: String) -> JSONValue? {
        guard kind == .object else { return nil }
        var key = key
        let found = key.withUTF8 { wanted in
            storage.withTape { tape in
                var found: Int?
                var node = index + 1
                let end = tape.next(index)
                while node < end {
                    if tape.equals(node, wanted) { found = node + 1 }
                    node = tape.next(node + 1)
                }
                return found
            }
        }
        return found.map { JSONValue(storage: storage, index: $0) }
    }

    /// An object's members in their order, repeated keys included; empty for other kinds.
    public var members: JSONMembers { JSONMembers(self) }

    /// An array's elements; empty for other kinds.
    public var elements: JSONElements { JSONElements(self) }
}

extension JSONStorage {
    /// The text of the string at a node.
    func text(_ index: Int) -> String {
        let node = nodes[index]
        guard node.isEscaped else { return String(decoding: bytes[node.content], as: UTF8.self) }
        var decoded: [UInt8] = []
        withTape { JSONText.appendDecoded($0.content(index), to: &decoded) }
        return String(decoding: decoded, as: UTF8.self)
    }
}

extension JSONTape {
    /// Whether the string at a node has this value.
    public func equals(_ node: Int, _ value: UnsafeBufferPointer<UInt8>) -> Bool {
        let content = content(node)
        guard nodes[node].isEscaped else {
            return content.count == value.count
                && (content.isEmpty || memcmp(content.baseAddress!, value.baseAddress!, content.count) == 0)
        }
        guard content.count > value.count else { return false }
        var decoded: [UInt8] = []
        JSONText.appendDecoded(content, to: &decoded)
        return decoded.elementsEqual(value)
    }
}
