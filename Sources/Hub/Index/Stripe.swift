import Journal
import Vocabulary

/// One part of the entity index: an open-addressing table over key bytes (linear probing, backward-shift deletion), so
/// that a lookup by the bytes of a URL path makes no `String`.
struct Stripe {
    enum Slot {
        case empty
        case entity(Entity)
        /// Known from the snapshot and not needed yet.
        case stored(StoredPlace)
    }

    /// Copied on write as a whole, which is what makes capturing the index for a snapshot cheap.
    private(set) var slots: [Slot] = []
    private var hashes: [UInt64] = []
    /// The snapshot in which stored entities stand.
    private(set) var snapshot: LogBytes?
    /// How many there will be, where that is known, so that room for them is made at once.
    private var expected = 0
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
            if hashes[position] == hash, hasKey(key, at: position) { return position }
            position = (position + 1) & mask
        }
    }

    /// The entity at a position, brought back from its stored form where that is all there is.
    mutating func entity(at position: Int) -> Entity? {
        switch slots[position] {
        case .empty: return nil
        case .entity(let entity): return entity
        case .stored(let place):
            let entity = stored(place).restored()
            slots[position] = .entity(entity)
            return entity
        }
    }

    private func stored(_ place: StoredPlace) -> StoredEntity {
        guard let snapshot else { fatalError("a stored entity without its snapshot") }
        return StoredEntity(place, in: snapshot)
    }

    private func hasKey(_ key: UnsafeRawBufferPointer, at position: Int) -> Bool {
        switch slots[position] {
        case .empty: false
        case .entity(let entity): entity.id.hasKey(key)
        case .stored(let place): stored(place).hasKey(key)
        }
    }

    /// Makes room for so many when the first one comes.
    mutating func expect(_ count: Int) { expected = count }

    /// Takes in an entity that stands unread in a snapshot; reads one of another snapshot than the first.
    mutating func put(_ place: StoredPlace, in snapshot: LogBytes, key: UnsafeRawBufferPointer, hash: UInt64) {
        if self.snapshot == nil { self.snapshot = snapshot }
        let isHere = self.snapshot === snapshot
        put(isHere ? .stored(place) : .entity(StoredEntity(place, in: snapshot).restored()), key: key, hash: hash)
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
        snapshot = nil
        expected = 0
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
        var capacity = max(8, slots.count * 2)
        while expected * 4 > capacity * 3 { capacity *= 2 }
        slots = Array(repeating: .empty, count: capacity)
        hashes = Array(repeating: 0, count: capacity)
        for (position, slot) in oldSlots.enumerated() {
            if case .empty = slot { continue }
            insert(slot, hash: oldHashes[position])
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
