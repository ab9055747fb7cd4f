import Testing
import Vocabulary

@testable import Hub

/// Looking for messages whose time is over (mqtt.md section 5.5).
struct MessageExpiryTests {
    /// Counts how often somebody is looked up.
    private final class CountingStore: EntityStore {
        let entities: [TwinID: Entity]
        private(set) var lookUps = 0

        init(_ entities: [Entity]) {
            self.entities = Dictionary(uniqueKeysWithValues: entities.map { ($0.id, $0) })
        }

        func entity(_ id: TwinID) -> Entity? {
            lookUps += 1
            return entities[id]
        }

        var deviceIDs: [TwinID] { entities.keys.filter { !$0.isModule } }
    }

    @Test func `Nobody is looked at before a message is due`() throws {
        let it = try HubOnALog()
        let ids = try (1...20).map { number in
            let id = it.make("d\(number)")
            try it.send("m", to: id, seconds: Double(100 + number))
            return id
        }
        let store = CountingStore(try ids.map { try it.entity($0) })
        var state = HubState(base: store, limits: it.limits, attention: Attention(queued: Set(ids)))
        func look() throws -> (settled: Int, lookUps: Int) {
            let before = store.lookUps
            let context = DecisionContext(now: it.clock.now, environment: it.clock.environment)
            return (try state.decide(.expireMessages, context).events.count, store.lookUps - before)
        }
        // A hub that has just begun knows nothing of what waits.
        #expect(try look().lookUps >= ids.count)
        #expect(try look() == (0, 0))
        it.clock.advance(seconds: 100.5)
        #expect(try look() == (0, 0))
        it.clock.advance(seconds: 0.5)
        #expect(try look().settled == 1)
        #expect(try look() == (0, 0))
        it.clock.advance(seconds: 3)
        #expect(try look().settled == 3)
        #expect(try look() == (0, 0))
    }

    @Test(arguments: Restart.allCases)
    func `Each message goes in its own time, whatever came after it`(way: Restart) throws {
        let it = try HubOnALog()
        let (first, second) = (it.make("a"), it.make("b"))
        try it.send("late", to: first, seconds: 300)
        try it.send("early", to: second, seconds: 100)
        it.execute(.expireMessages)
        try it.send("earliest", to: first, seconds: 50)
        it.clock.advance(seconds: 50)
        it.execute(.expireMessages)
        #expect(try it.texts(first) == ["late"] && it.texts(second) == ["early"])
        try it.restart(way)
        it.clock.advance(seconds: 50)
        it.execute(.expireMessages)
        #expect(try it.texts(first) == ["late"] && it.texts(second) == [])
        it.clock.advance(seconds: 200)
        it.execute(.expireMessages)
        #expect(try it.texts(first) == [])
    }

    @Test func `A message that was held beyond its time goes when the lock ends or is given back`() throws {
        let it = try HubOnALog()
        let (first, second) = (it.make("a"), it.make("b"))
        try it.send("held", to: first, seconds: 10)
        try it.send("given back", to: second, seconds: 10)
        _ = try it.lock(first, seconds: 60)
        let lock = try #require(try it.lock(second, seconds: 60)?.lock)
        it.clock.advance(seconds: 20)
        it.execute(.expireMessages)
        #expect(try it.texts(first) == ["held"] && it.texts(second) == ["given back"])
        #expect(it.settle(second, .lock(lock.token), .abandon) == nil)
        it.execute(.expireMessages)
        #expect(try it.texts(first) == ["held"] && it.texts(second) == [])
        it.clock.advance(seconds: 40)
        it.execute(.expireMessages)
        #expect(try it.texts(first) == [])
    }

    @Test func `What a full disk has kept from going goes once there is room`() throws {
        let it = try HubOnALog()
        let id = it.make("a")
        try it.send("m", to: id, seconds: 10)
        it.clock.advance(seconds: 10)
        it.refuseWrites(.refused(reason: "full"))
        it.execute(.expireMessages)
        #expect(try it.texts(id) == ["m"])
        it.refuseWrites(nil)
        it.execute(.expireMessages)
        #expect(try it.texts(id) == [])
    }
}
