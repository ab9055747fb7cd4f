import Query
import Vocabulary

/// Everything that the hub holds, as it stood between two batches. Cheap to take, since nothing is copied before something changes.
public struct HubMoment: Sendable {
    /// The parts in which entities are kept: the same ones, in the same order, at every moment of a hub.
    public let stripes: [EntityStripe]
    /// Two moments of one hub and one number are the same.
    public let number: UInt64

    public init(_ stripes: [EntityStripe], number: UInt64) {
        self.stripes = stripes
        self.number = number
    }

    /// Every device's id, in order; nothing is read for it.
    public var deviceIDs: [TwinID] { stripes.flatMap(\.deviceIDs).sorted() }

    /// Hands over every device and module by id, a device before its modules, until it answers false.
    public func forEachInOrder(_ body: (Entity) -> Bool) {
        var places: [(id: TwinID, stripe: Int, place: Int)] = []
        for (number, stripe) in stripes.enumerated() {
            for place in 0..<stripe.count {
                if let occupant = stripe.occupant(at: place) { places.append((occupant.id, number, place)) }
            }
        }
        places.sort { $0.id < $1.id }
        for (_, stripe, place) in places {
            guard let occupant = stripes[stripe].occupant(at: place), body(occupant.entity) else { return }
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
