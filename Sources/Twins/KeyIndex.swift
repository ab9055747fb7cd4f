import Glibc
import JSON

/// The members of an object on a tape, found by key. Keys are compared as source text: the hub's own documents spell
/// each key in one way only (`PropertyReader`). Of repeated keys the last one counts.
///
/// Few members are searched one by one, many by a hash table: clients choose how many there are and what they are
/// called, so neither may make a search long.
struct KeyIndex {
    private let tape: JSONTape
    /// Key nodes in their order; the complement once taken.
    private var keys: [Int32]
    /// Ordinals by hash, open addressing, at most half full; -1 is free. Empty when members are few.
    private var table: [Int32] = []
    /// Whether the table's builder met a key for a second time.
    private var repeatsInTable = false

    private static let searchedOneByOne = 8

    init(_ tape: JSONTape, object: Int) {
        self.tape = tape
        keys = []
        keys.reserveCapacity(Int(tape[object].count))
        var node = object + 1
        let end = tape.next(object)
        while node < end {
            keys.append(Int32(truncatingIfNeeded: node))
            node = tape.next(node + 1)
        }
        if keys.count > Self.searchedOneByOne { buildTable() }
    }

    /// Whether an object repeats a key.
    static func hasDuplicates(_ tape: JSONTape, object: Int) -> Bool {
        guard Int(tape[object].count) <= searchedOneByOne else { return KeyIndex(tape, object: object).repeatsInTable }
        var key = object + 1
        let end = tape.next(object)
        while key < end {
            let following = tape.next(key + 1)
            var other = following
            while other < end {
                if equal(tape.raw(key), tape.raw(other)) { return true }
                other = tape.next(other + 1)
            }
            key = following
        }
        return false
    }

    private mutating func buildTable() {
        var size = 32
        while size < keys.count * 2 { size *= 2 }
        table = [Int32](repeating: -1, count: size)
        for ordinal in keys.indices {
            let slot = slot(for: tape.raw(Int(keys[ordinal])))
            if table[slot] >= 0 { repeatsInTable = true }
            table[slot] = Int32(truncatingIfNeeded: ordinal)
        }
    }

    /// The slot that holds the key, or the free one where it would stand.
    private func slot(for key: UnsafeBufferPointer<UInt8>) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(key))
        let mask = table.count - 1
        var slot = hasher.finalize() & mask
        while table[slot] >= 0, !Self.equal(tape.raw(node(Int(table[slot]))), key) { slot = (slot + 1) & mask }
        return slot
    }

    private func node(_ ordinal: Int) -> Int {
        let key = keys[ordinal]
        return Int(key < 0 ? ~key : key)
    }

    private func ordinal(of key: UnsafeBufferPointer<UInt8>) -> Int? {
        if table.isEmpty {
            return keys.indices.last { Self.equal(tape.raw(node($0)), key) }
        }
        let ordinal = table[slot(for: key)]
        return ordinal < 0 ? nil : Int(ordinal)
    }

    /// The key's node for a key's source text, quotes included; nil where the object has no such member.
    func find(_ key: UnsafeBufferPointer<UInt8>) -> Int? { ordinal(of: key).map(node) }

    /// As `find`, and takes the member out of `remaining`.
    mutating func take(_ key: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let ordinal = ordinal(of: key) else { return nil }
        let node = node(ordinal)
        keys[ordinal] = ~Int32(truncatingIfNeeded: node)
        return node
    }

    /// The key nodes that nobody took, in their order.
    var remaining: some Sequence<Int> { keys.lazy.filter { $0 >= 0 }.map { Int($0) } }

    private static func equal(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
        left.count == right.count && memcmp(left.baseAddress!, right.baseAddress!, left.count) == 0
    }
}
