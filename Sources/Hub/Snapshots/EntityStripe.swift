/// A part of what the hub holds, as it stood at a moment: places, of which some are empty.
public struct EntityStripe: Sendable {
    private(set) var slots: [Stripe.Slot]
    /// Two stripes of the same number hold the same; of a hub's stripes of one place in `HubMoment.stripes`.
    public private(set) var changes: UInt64

    init(slots: [Stripe.Slot], changes: UInt64) {
        self.slots = slots
        self.changes = changes
    }

    public var count: Int { slots.count }

    /// Nil where the place is empty.
    public func entity(at place: Int) -> Entity? {
        switch slots[place] {
        case .empty: nil
        case .entity(let entity): entity
        case .stored(let stored): stored.restored()
        }
    }

    /// As many places, all empty.
    public var emptied: EntityStripe {
        EntityStripe(slots: Array(repeating: .empty, count: slots.count), changes: 0)
    }

    /// Becomes like another one of as many places, and tells of each place where it was not. What it holds is its own
    /// afterwards: a stripe of a moment that is kept would make the hub copy it with the next change.
    public mutating func follow(_ other: EntityStripe, _ change: (_ place: Int, _ old: Entity?, _ new: Entity?) -> Void)
    {
        guard changes != other.changes else { return }
        for place in slots.indices where !slots[place].isSame(as: other.slots[place]) {
            change(place, entity(at: place), other.entity(at: place))
            slots[place] = other.slots[place]
        }
        changes = other.changes
    }
}

extension Stripe.Slot {
    /// Whether both are the same object. Both are held while they are compared, so none can have come to the other's address.
    fileprivate func isSame(as other: Stripe.Slot) -> Bool {
        switch (self, other) {
        case (.empty, .empty): true
        case (.entity(let one), .entity(let other)): one === other
        case (.stored(let one), .stored(let other)):
            one.line.owner === other.line.owner && one.line.offset == other.line.offset
        default: false
        }
    }
}
