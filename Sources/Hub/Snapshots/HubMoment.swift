import Query
import Vocabulary

/// Everything that the hub holds, as it stood between two batches. Cheap to take, since nothing is copied before something changes.
public struct HubMoment: Sendable {
    /// The parts in which entities are kept: the same ones, in the same order, at every moment of a hub.
    public let stripes: [EntityStripe]

    init(_ stripes: [EntityStripe]) { self.stripes = stripes }

    /// Every device's id, in order; nothing is read for it.
    public var deviceIDs: [TwinID] { stripes.flatMap { $0.slots.compactMap(\.deviceID) }.sorted() }

    /// Hands over every device and module by id, a device before its modules, until it answers false.
    public func forEachInOrder(_ body: (Entity) -> Bool) {
        var slots = stripes.flatMap { stripe in
            stripe.slots.compactMap { slot in slot.key.map { (key: $0, slot: slot) } }
        }
        slots.sort { $0.key < $1.key }
        for (_, slot) in slots {
            switch slot {
            case .empty: continue
            case .entity(let entity): guard body(entity) else { return }
            case .stored(let stored): guard body(stored.restored()) else { return }
            }
        }
    }

    /// The ids of the devices that meet a condition, in order.
    public func deviceIDs(where condition: TwinCondition) -> [TwinID] {
        var ids: [TwinID] = []
        forEach(modules: false) { device, document in
            if condition.matches(document) { ids.append(device.id) }
        }
        return ids.sorted()
    }

    /// Hands over everybody, or all devices, or all modules, in no order.
    public func forEach(modules: Bool? = nil, _ body: (Occupant, DocumentView) -> Void) {
        for stripe in stripes {
            stripe.forEach(modules: modules) { _, occupant, document in body(occupant, document) }
        }
    }
}
