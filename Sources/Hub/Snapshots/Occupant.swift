import Query
import Vocabulary

/// A device or module where it stands, for those who look at very many and need few: nothing of it is read before somebody asks.
/// Lent: good only as long as the stripe is.
public struct Occupant {
    private enum Form {
        /// Not counted as a use of it, which would write to every entity that is looked at.
        case entity(Unmanaged<Entity>)
        case stored(StoredEntity)
    }

    private let form: Form

    /// Nil for a place that is empty.
    @inline(__always)
    init?(_ slot: Stripe.Slot) {
        switch slot {
        case .empty: return nil
        case .entity(let entity): form = .entity(.passUnretained(entity))
        case .stored(let stored): form = .stored(stored)
        }
    }

    /// The same where the slot stands, which touches no entity.
    @inline(__always)
    init?(at slot: UnsafePointer<Stripe.Slot>) {
        if let entity = Self.entity(at: slot) {
            form = .entity(entity)
        } else if case .stored(let stored) = slot.pointee {
            form = .stored(stored)
        } else {
            return nil
        }
    }

    @inline(__always)
    static func entity(at slot: UnsafePointer<Stripe.Slot>) -> Unmanaged<Entity>? {
        if case .entity(let entity) = slot.pointee { .passUnretained(entity) } else { nil }
    }

    @inline(__always)
    public var isModule: Bool {
        switch form {
        case .entity(let entity): entity._withUnsafeGuaranteedRef { $0.isModule }
        case .stored(let stored): stored.isModule
        }
    }

    public var id: TwinID {
        switch form {
        case .entity(let entity): entity._withUnsafeGuaranteedRef { $0.id }
        case .stored(let stored): stored.id
        }
    }

    /// For those who come back to it when the stripe may be gone.
    public var held: HeldTwin {
        switch form {
        case .entity(let entity): HeldTwin(.entity(entity.takeUnretainedValue()))
        case .stored(let stored): HeldTwin(.stored(stored))
        }
    }

    public var entity: Entity {
        switch form {
        case .entity(let entity): entity.takeUnretainedValue()
        case .stored(let stored): stored.restored()
        }
    }

    /// Lends the twin as queries and conditions see it. From a snapshot it is read where it stands there.
    @inline(__always)
    public func withDocument<Result>(_ body: (DocumentView) -> Result) -> Result {
        switch form {
        case .entity(let entity): body(entity._withUnsafeGuaranteedRef { $0.queryView })
        case .stored(let stored): stored.withQueryDocument(body)
        }
    }

    /// The configurations that target it, the highest priority first.
    public var configurations: [ConfigurationStanding] {
        switch form {
        case .entity(let entity): entity._withUnsafeGuaranteedRef { $0.configurations }
        case .stored(let stored): stored.hasConfigurations ? stored.restored().configurations : []
        }
    }
}
