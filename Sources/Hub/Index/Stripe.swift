import Vocabulary

/// One part of the entity index: an open-addressing table over key bytes (linear probing, backward-shift deletion), so
/// that a lookup by the bytes of a URL path makes no `String`.
struct Stripe {
    enum Slot {
        case empty
        case entity(Entity)
        /// Known from a snapshot and not needed yet.
        case stored(StoredEntity)
    }

    /// Copied on write as a whole, which is what makes capturing the index for a snapshot cheap.
    private(set) var slots: [Slot] = []
    private var hashes: [UInt64] = []
    /// Grows whenever another entity stands somewhere.
    private(set) var changes: UInt64 = 0
    private(set) var count = 0
    /// Which subscribers wait for changes of a key, one bit each.
    var interests: [TwinID: UInt64] = [:]

    /// Where the key stands; nil where it is not here.
    func position(of key: UnsafeRawBufferPointer, hash: UInt64) -> Int? {
        guard count > 0 else { return nil }
        let mask = slots.count - 1
        var position = Int(truncatingIfNeeded: hash) & mask
        while true {
            if case .empty = slots[position] { return nil }
            if hashes[position] == hash, slots[position].hasKey(key) { return position }
            position = (position + 1) & mask
        }
    }

    /// The entity at a position, brought back from its stored form where that is all there is.
    mutating func entity(at position: Int) -> Entity? {
        switch slots[position] {
        case .empty: return nil
        case .entity(let entity): return entity
        case .stored(let stored):
            let entity = stored.restored()
            slots[position] = .entity(entity)
            return entity
        }
    }

    mutating func put(_ slot: Slot, key: UnsafeRawBufferPointer, hash: UInt64) {
        changes += 1
        if let position = position(of: key, hash: hash) {
            slots[position] = slot
            return
        }
        if (count + 1) * 4 > slots.count * 3 { grow() }
        insert(slot, hash: hash)
        count += 1
    }

    mutating func remove(key: UnsafeRawBufferPointer, hash: UInt64) {
        guard var hole = position(of: key, hash: hash) else { return }
        let mask = slots.count - 1
        var next = (hole + 1) & mask
        while true {
            if case .empty = slots[next] { break }
            let home = Int(truncatingIfNeeded: hashes[next]) & mask
            // The entry may move into the hole only if its home does not lie behind the hole.
            if (next &- home) & mask >= (next &- hole) & mask {
                slots[hole] = slots[next]
                hashes[hole] = hashes[next]
                hole = next
            }
            next = (next + 1) & mask
        }
        slots[hole] = .empty
        count -= 1
        changes += 1
    }

    mutating func removeAll() {
        slots = []
        hashes = []
        count = 0
        changes += 1
    }

    private mutating func insert(_ slot: Slot, hash: UInt64) {
        let mask = slots.count - 1
        var position = Int(truncatingIfNeeded: hash) & mask
        while true {
            if case .empty = slots[position] { break }
            position = (position + 1) & mask
        }
        slots[position] = slot
        hashes[position] = hash
    }

    private mutating func grow() {
        let oldSlots = slots
        let oldHashes = hashes
        let capacity = max(8, slots.count * 2)
        slots = Array(repeating: .empty, count: capacity)
        hashes = Array(repeating: 0, count: capacity)
        for (position, slot) in oldSlots.enumerated() {
            if case .empty = slot { continue }
            insert(slot, hash: oldHashes[position])
        }
    }
}

extension Stripe.Slot {
    func hasKey(_ key: UnsafeRawBufferPointer) -> Bool {
        switch self {
        case .empty: false
        case .entity(let entity): entity.id.hasKey(key)
        case .stored(let stored): stored.hasKey(key)
        }
    }
}

extension TwinID {
    func hasKey(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var key = key
        return key.withUTF8 { bytes.isEqual(to: UnsafeRawBufferPointer($0)) }
    }

    func withKeyBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        var key = key
        return key.withUTF8 { body(UnsafeRawBufferPointer($0)) }
    }
}
