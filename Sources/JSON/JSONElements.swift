/// The elements of an array, in their order.
public struct JSONElements: Sequence, IteratorProtocol, Sendable {
    private let storage: JSONStorage
    private var position: Int
    private let end: Int

    init(_ value: JSONValue) {
        storage = value.storage
        position = value.index + 1
        end = value.kind == .array ? Int(value.node.next) : 0
    }

    public mutating func next() -> JSONValue? {
        guard position < end else { return nil }
        defer { position = Int(storage.nodes[position].next) }
        return JSONValue(storage: storage, index: position)
    }
}
