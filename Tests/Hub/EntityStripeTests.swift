import TestSupport
import Testing
import Vocabulary

@testable import Hub

/// What is kept of a moment and brought up to a later one.
struct EntityStripeTests {
    @Test(arguments: 0..<4)
    func `A stripe that follows the hub's holds the same, and has told of every difference`(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let it = try HubOnALog()
        var kept: [EntityStripe] = []
        /// By key, as it was told.
        var told: [String: Entity] = [:]
        for round in 0..<60 {
            for _ in 0..<random.below(20) {
                let id = TwinID(trusted: "d\(random.below(300))")
                switch random.below(3) {
                case 0: it.execute(.deleteIdentity(id, .any))
                default: it.execute(.putIdentity(id, IdentityDraft(), it.hub.entity(id) == nil ? .none : .any))
                }
            }
            if random.once(in: 20) { it.execute(.reset(.empty)) }
            let moment = it.moment()
            if kept.isEmpty { kept = moment.stripes.map(\.emptied) }
            for index in kept.indices {
                if kept[index].count != moment.stripes[index].count {
                    for place in 0..<kept[index].count {
                        if let old = kept[index].occupant(at: place)?.entity { told[old.id.key] = nil }
                    }
                    kept[index] = moment.stripes[index].emptied
                }
                // A place's new entity may be told of before another place has lost it.
                var new: [Entity] = []
                kept[index].follow(moment.stripes[index]) { _, old, now in
                    if let old = old?.entity {
                        #expect(told[old.id.key] === old, "round \(round)")
                        told[old.id.key] = nil
                    }
                    if let now { new.append(now.entity) }
                }
                for entity in new { told[entity.id.key] = entity }
                let entities = (0..<kept[index].count).map { kept[index].occupant(at: $0)?.entity }
                let expected = (0..<moment.stripes[index].count).map { moment.stripes[index].occupant(at: $0)?.entity }
                #expect(entities.elementsEqual(expected) { $0 === $1 })
            }
            #expect(Set(told.keys) == Set(moment.deviceIDs.map(\.key)), "round \(round)")
        }
    }
}
