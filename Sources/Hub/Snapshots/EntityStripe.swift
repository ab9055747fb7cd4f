import CSystem
import Journal
import Query
import Vocabulary

/// A part of what the hub holds, as it stood at a moment: places, of which some are empty.
public struct EntityStripe: Sendable {
    private(set) var slots: [Stripe.Slot]
    /// Two stripes of the same number hold the same; of a hub's stripes of one place in `HubMoment.stripes`.
    public private(set) var changes: UInt64

    /// In which stored entities stand.
    private var snapshot: LogBytes?

    init(_ stripe: Stripe) { self.init(slots: stripe.slots, changes: stripe.changes, snapshot: stripe.snapshot) }

    private init(slots: [Stripe.Slot], changes: UInt64, snapshot: LogBytes?) {
        self.slots = slots
        self.changes = changes
        self.snapshot = snapshot
    }

    public var count: Int { slots.count }

    /// Nil where the place is empty.
    public func occupant(at place: Int) -> Occupant? { Occupant(slots[place], in: snapshot) }

    var deviceIDs: [TwinID] { slots.compactMap { Occupant($0, in: snapshot)?.deviceID } }

    /// Hands over everybody, or all devices, or all modules, with place and twin. Most of the time would go to waiting for memory,
    /// entity by entity; so it is asked for those who come later, first for themselves and then for their documents.
    public func forEach(modules: Bool? = nil, _ body: (_ place: Int, Occupant, DocumentView) -> Void) {
        slots.withUnsafeBufferPointer { slots in
            guard let first = slots.baseAddress else { return }
            for place in slots.indices {
                if place + 2 * Self.placesAhead < slots.count { Self.prefetch(first + place + 2 * Self.placesAhead) }
                if place + Self.placesAhead < slots.count { Self.prefetchDocument(first + place + Self.placesAhead) }
                guard let occupant = Occupant(at: first + place, in: snapshot),
                    modules ?? occupant.isModule == occupant.isModule
                else { continue }
                occupant.withDocument { body(place, occupant, $0) }
            }
        }
    }

    /// Asks memory for an entity that will be looked at soon.
    public func prefetch(at place: Int) {
        slots.withUnsafeBufferPointer { slots in
            if let first = slots.baseAddress { Self.prefetch(first + place) }
        }
    }

    /// Asks memory for the document of one that is at hand.
    public func prefetchDocument(at place: Int) {
        slots.withUnsafeBufferPointer { slots in
            if let first = slots.baseAddress { Self.prefetchDocument(first + place) }
        }
    }

    /// How far memory is asked for what comes, of which a half may be empty places.
    private static let placesAhead = 16

    @inline(__always)
    private static func prefetch(_ slot: UnsafePointer<Stripe.Slot>) {
        guard let entity = Occupant.entity(at: slot) else { return }
        let address = UnsafeRawPointer(entity.toOpaque())
        csystem_prefetch(address)
        csystem_prefetch(address + 64)
    }

    @inline(__always)
    private static func prefetchDocument(_ slot: UnsafePointer<Stripe.Slot>) {
        Occupant.entity(at: slot)?._withUnsafeGuaranteedRef { $0.prefetchDocument() }
    }

    /// As many places, all empty.
    public var emptied: EntityStripe {
        EntityStripe(slots: Array(repeating: .empty, count: slots.count), changes: 0, snapshot: nil)
    }

    /// Becomes like another one of as many places, and tells of each place where it was not. What it holds is its own
    /// afterwards: a stripe of a moment that is kept would make the hub copy it with the next change.
    public mutating func follow(
        _ other: EntityStripe, _ change: (_ place: Int, _ old: Occupant?, _ new: Occupant?) -> Void
    ) {
        guard changes != other.changes else { return }
        let isSameSnapshot = snapshot === other.snapshot
        // Nothing of another one is left once all places have been gone through.
        defer { snapshot = other.snapshot }
        for place in slots.indices where !slots[place].isSame(as: other.slots[place], inSameSnapshot: isSameSnapshot) {
            change(place, occupant(at: place), other.occupant(at: place))
            slots[place] = other.slots[place]
        }
        changes = other.changes
    }
}

extension Stripe.Slot {
    /// Whether both are the same object. Both are held while they are compared, so none can have come to the other's address.
    fileprivate func isSame(as other: Stripe.Slot, inSameSnapshot isSameSnapshot: Bool) -> Bool {
        switch (self, other) {
        case (.empty, .empty): true
        case (.entity(let one), .entity(let other)): one === other
        case (.stored(let one), .stored(let other)): isSameSnapshot && one.line.offset == other.line.offset
        default: false
        }
    }
}
