import JSON

/// Walks an object's members and, in step, the children of its metadata node. Members whose names begin with `$` are the
/// hub's own: at a section's root they end the user's, in a metadata node they stand before the children.
struct MemberCursor {
    private let tape: JSONTape
    private let end: Int
    private let metadataEnd: Int
    /// The member's key node.
    private(set) var key: Int
    /// The metadata child's key node; nil where the section has no metadata.
    private(set) var metadataKey: Int?

    init(_ tape: JSONTape, object: Int, metadata: Int?) {
        self.tape = tape
        key = object + 1
        end = tape.next(object)
        metadataEnd = metadata.map(tape.next) ?? 0
        if let metadata {
            var child = metadata + 1
            while child < metadataEnd, Self.isReserved(child, tape) { child = tape.next(child + 1) }
            metadataKey = child
        }
    }

    /// False behind the last of the user's members.
    var isAtMember: Bool { key < end && !Self.isReserved(key, tape) }

    var value: Int { key + 1 }

    var metadataValue: Int? { metadataKey.map { $0 + 1 } }

    /// Whether the metadata child, or its absence behind the last member, belongs to the member.
    var isInStep: Bool {
        guard let metadataKey else { return true }
        guard isAtMember else { return metadataKey == metadataEnd }
        return metadataKey < metadataEnd && tape.kind(metadataKey + 1) == .object
            && UnsafeRawBufferPointer(tape.raw(metadataKey)).isEqual(to: UnsafeRawBufferPointer(tape.raw(key)))
    }

    mutating func advance() {
        key = tape.next(key + 1)
        if let child = metadataKey { metadataKey = tape.next(child + 1) }
    }

    static func isReserved(_ key: Int, _ tape: JSONTape) -> Bool {
        let content = tape.content(key)
        return !content.isEmpty && content[0] == UInt8(ascii: "$")
    }
}
