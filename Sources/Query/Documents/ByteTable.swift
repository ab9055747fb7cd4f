import Glibc

/// Numbers by bytes: a hash table whose keys stand one behind the other, so that to look one up makes and compares no array.
struct ByteTable {
    /// Indexes of `entries`, or -1; as many as a power of two.
    private var slots: [Int32] = []
    private var entries: [Entry] = []
    private var text: [UInt8] = []

    private struct Entry {
        let hash: UInt64
        let start: Int
        let count: Int
        let number: Int
    }

    var count: Int { entries.count }

    func number(of key: UnsafeBufferPointer<UInt8>) -> Int? {
        guard !slots.isEmpty else { return nil }
        let entry = slots[slot(of: key, Self.hash(key))]
        return entry < 0 ? nil : entries[Int(entry)].number
    }

    /// - Precondition: the key is not there.
    mutating func add(_ key: UnsafeBufferPointer<UInt8>, _ number: Int) {
        if (entries.count + 1) * 2 > slots.count { grow() }
        let hash = Self.hash(key)
        slots[slot(of: key, hash)] = Int32(entries.count)
        entries.append(Entry(hash: hash, start: text.count, count: key.count, number: number))
        text.append(contentsOf: key)
    }

    /// Where the key stands, or would.
    private func slot(of key: UnsafeBufferPointer<UInt8>, _ hash: UInt64) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] >= 0 {
            let entry = entries[Int(slots[slot])]
            if entry.hash == hash, entry.count == key.count, isSame(entry, key) { break }
            slot = (slot + 1) & mask
        }
        return slot
    }

    private func isSame(_ entry: Entry, _ key: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let start = key.baseAddress else { return true }
        return text.withUnsafeBufferPointer { memcmp($0.baseAddress! + entry.start, start, entry.count) == 0 }
    }

    private mutating func grow() {
        slots = Array(repeating: -1, count: max(16, slots.count * 2))
        let mask = slots.count - 1
        for (index, entry) in entries.enumerated() {
            var slot = Int(truncatingIfNeeded: entry.hash) & mask
            while slots[slot] >= 0 { slot = (slot + 1) & mask }
            slots[slot] = Int32(index)
        }
    }

    /// Keys come from clients, so that they must not be able to choose their slots: another number in each process, as Swift's own.
    private static let seed = UInt64(truncatingIfNeeded: Hasher().finalize()) | 1

    private static func hash(_ key: UnsafeBufferPointer<UInt8>) -> UInt64 {
        let bytes = UnsafeRawBufferPointer(key)
        var value = seed ^ UInt64(bytes.count)
        var offset = 0
        while offset + 8 <= bytes.count {
            value = mix(value ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset += 8
        }
        var tail: UInt64 = 0
        while offset < bytes.count {
            tail = tail << 8 | UInt64(bytes[offset])
            offset += 1
        }
        return mix(value ^ tail)
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return product.high ^ product.low
    }
}
