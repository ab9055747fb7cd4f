import HeapModule
import Synchronization
import Vocabulary

/// The published state: every entity by its key, in stripes with a lock each. Readers on any thread look up; only the
/// writer's queue publishes.
final class EntityIndex: EntityStore, Sendable {
    private final class LockedStripe: Sendable {
        let stripe = Mutex(Stripe())
    }

    static let stripeCount = 256

    private let stripes: [LockedStripe] = (0..<stripeCount).map { _ in LockedStripe() }
    /// Held while a batch becomes visible, so that whoever wants all of one moment finds no half of one.
    private let publishing = Mutex(())
    /// Keys come from clients: an unguessable seed keeps them from choosing their slots.
    private let seed: UInt64

    init(seed: UInt64) { self.seed = seed | 1 }

    func entity(_ id: TwinID) -> Entity? { id.withKeyBytes { entity(key: $0) } }

    /// The entity with this key (`device` or `device/module`).
    func entity(key: UnsafeRawBufferPointer) -> Entity? {
        let hash = hash(key)
        return locked(hash).stripe.withLock { stripe in
            stripe.position(of: key, hash: hash).flatMap { stripe.entity(at: $0) }
        }
    }

    /// What a batch has changed becomes visible. Answers which subscribers wait for which of the changes.
    func publish(_ changed: [TwinID: Entity?], clearing: Bool) -> [Notice] {
        publishing.withLock { _ in publishAll(changed, clearing: clearing) }
    }

    private func publishAll(_ changed: [TwinID: Entity?], clearing: Bool) -> [Notice] {
        var notices: [Notice] = []
        if clearing {
            for locked in stripes {
                locked.stripe.withLock { stripe in
                    stripe.removeAll()
                    for (id, mask) in stripe.interests where changed[id] == nil {
                        notices.append(Notice(id: id, entity: nil, subscribers: mask))
                    }
                }
            }
        }
        for (id, entity) in changed {
            let mask = id.withKeyBytes { key in
                let hash = hash(key)
                return locked(hash).stripe.withLock { stripe -> UInt64 in
                    if let entity {
                        stripe.put(.entity(entity), key: key, hash: hash)
                    } else {
                        stripe.remove(key: key, hash: hash)
                    }
                    return stripe.interests.isEmpty ? 0 : stripe.interests[id] ?? 0
                }
            }
            if mask != 0 { notices.append(Notice(id: id, entity: entity, subscribers: mask)) }
        }
        return notices
    }

    /// A change that subscribers wait for; one bit each.
    struct Notice {
        let id: TwinID
        /// Nil where it was deleted.
        let entity: Entity?
        let subscribers: UInt64
    }

    /// From now on the subscriber is told of changes of this key. Answers the entity as it stands at that moment, so that
    /// no change falls between looking and waiting.
    func watch(_ id: TwinID, subscriber: Int) -> Entity? {
        id.withKeyBytes { key in
            let hash = hash(key)
            return locked(hash).stripe.withLock { stripe in
                guard let position = stripe.position(of: key, hash: hash) else { return nil }
                stripe.interests[id, default: 0] |= 1 << UInt64(subscriber)
                return stripe.entity(at: position)
            }
        }
    }

    func unwatch(_ id: TwinID, subscriber: Int) {
        id.withKeyBytes { key in
            locked(hash(key)).stripe.withLock { stripe in
                guard let mask = stripe.interests[id] else { return }
                let rest = mask & ~(1 << UInt64(subscriber))
                stripe.interests[id] = rest == 0 ? nil : rest
            }
        }
    }

    /// Takes in an entity from a snapshot without reading it.
    func put(_ stored: StoredEntity) {
        stored.withKey { key in
            let hash = hash(key)
            locked(hash).stripe.withLock { $0.put(.stored(stored), key: key, hash: hash) }
        }
    }

    /// Everything as it stands between two batches, in the stripes in which it is kept: copies nothing until something changes.
    func captureStripes() -> [EntityStripe] {
        publishing.withLock { _ in captureAll() }
    }

    /// Nil where somebody would have to wait.
    func captureStripesAtOnce() -> [EntityStripe]? { publishing.withLockIfAvailable { _ in captureAll() } }

    private func captureAll() -> [EntityStripe] {
        stripes.map { $0.stripe.withLock { EntityStripe(slots: $0.slots, changes: $0.changes) } }
    }

    var deviceIDs: [TwinID] { stripes.flatMap { $0.stripe.withLock { $0.slots }.compactMap(\.deviceID) } }

    /// The first devices by id, at most `limit`.
    func devices(limit: Int) -> [Entity] { deviceIDs(after: nil, limit: limit).compactMap(entity) }

    /// The first device ids, in order, behind this one.
    func deviceIDs(after last: TwinID?, limit: Int) -> [TwinID] {
        var smallest = Heap<TwinID>()
        for locked in stripes {
            let slots = locked.stripe.withLock { $0.slots }
            for slot in slots {
                guard let id = slot.deviceID, last.map({ $0 < id }) ?? true else { continue }
                if smallest.count < limit {
                    smallest.insert(id)
                } else if let largest = smallest.max, id < largest {
                    smallest.replaceMax(with: id)
                }
            }
        }
        return smallest.unordered.sorted()
    }

    /// The upper bits choose the stripe, the lower ones the slot in it.
    private func locked(_ hash: UInt64) -> LockedStripe { stripes[Int(truncatingIfNeeded: hash >> 56)] }

    private func hash(_ key: UnsafeRawBufferPointer) -> UInt64 {
        var value = seed ^ UInt64(key.count)
        var offset = 0
        while offset + 8 <= key.count {
            value = Self.mix(value ^ key.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset += 8
        }
        var tail: UInt64 = 0
        while offset < key.count {
            tail = tail << 8 | UInt64(key[offset])
            offset += 1
        }
        return Self.mix(value ^ tail)
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return product.high ^ product.low
    }
}
