/// The members of an object, in their order.
public struct JSONMembers: Sequence, IteratorProtocol, Sendable {
    private let storage: JSONStorage
    private var position: Int
    private let end: Int

    init(_ value: JSONValue) {
        storage = value.storage
        position = value.index + 1
        end = value.kind == .object ? Int(value.node.next) : 0
    }

    public mutating func next() -> (key: String, value: JSONValue)? {
        guard position < end else { return nil }
        let key = position
        position = Int(storage.nodes[key + 1].next)
        return (storage.text(key), JSONValue(storage: storage, index: key + 1))
    }
}
