import JSON
import Journal
import TestSupport
import Testing
import Twins
import Vocabulary

@testable import Hub

/// The published state and its hash tables, against a dictionary.
struct EntityIndexTests {
    @Test(arguments: 0..<6)
    func `A stripe holds what a dictionary holds, whatever the hashes`(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        var stripe = Stripe()
        var model: [String: UInt64] = [:]
        // From all in one place, by some at the table's end that go on at its beginning, to all apart.
        let spread = [1, 2, 7, 8, 64, 1 << 40][seed]
        func hash(_ key: String) -> UInt64 {
            var mixed = SeededRandom(seed: UInt64(key.dropFirst()) ?? 0)
            return UInt64(mixed.below(spread)) &- 1
        }
        for step in 0..<4_000 {
            // Phases of growth and of shrinking, so that holes are made and closed in a crowded table.
            let grows = step / 500 % 2 == 0
            let key = "d\(random.below(120))"
            Self.withBytes(key) { bytes in
                switch random.below(10) {
                case 0..<(grows ? 6 : 2):
                    stripe.put(.entity(Self.entity(key, UInt64(step))), key: bytes, hash: hash(key))
                    model[key] = UInt64(step)
                case 9:
                    let found = stripe.position(of: bytes, hash: hash(key)).flatMap { stripe.entity(at: $0) }
                    #expect(found?.identity.generation == model[key])
                default:
                    stripe.remove(key: bytes, hash: hash(key))
                    model[key] = nil
                }
            }
            #expect(stripe.count == model.count)
            if step % 50 == 0 { Self.compare(stripe, model, hash) }
        }
        Self.compare(stripe, model, hash)
        stripe.removeAll()
        Self.compare(stripe, [:], hash)
    }

    private static func compare(_ stripe: Stripe, _ model: [String: UInt64], _ hash: (String) -> UInt64) {
        var stripe = stripe
        for number in 0..<120 {
            let key = "d\(number)"
            let found = withBytes(key) { stripe.position(of: $0, hash: hash(key)).flatMap { stripe.entity(at: $0) } }
            #expect(found?.identity.generation == model[key], "\(key)")
        }
        // A captured table is walked, not asked.
        #expect(stripe.slots.count { if case .empty = $0 { false } else { true } } == model.count)
        #expect(stripe.slots.count * 3 >= model.count * 4)
    }

    @Test(arguments: 0..<4)
    func `The index publishes batches as a dictionary takes them in`(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let index = EntityIndex(seed: random.next())
        var model: [TwinID: UInt64] = [:]
        let ids = Self.ids
        for batch in 0..<300 {
            var changed: [TwinID: Entity?] = [:]
            for _ in 0..<random.below(12) {
                let id = ids[random.below(ids.count)]
                changed.updateValue(
                    random.below(3) == 0 ? nil : Self.entity(id.key, UInt64(batch)), forKey: id)
            }
            let clears = random.below(40) == 0
            if clears { model = [:] }
            for (id, entity) in changed { model[id] = entity?.identity.generation }
            #expect(index.publish(changed, clearing: clears).isEmpty)
            let id = ids[random.below(ids.count)]
            #expect(index.entity(id)?.identity.generation == model[id])
            if batch % 20 == 0 { Self.compare(index, model) }
        }
        Self.compare(index, model)
    }

    private static func compare(_ index: EntityIndex, _ model: [TwinID: UInt64]) {
        for id in ids { #expect(index.entity(id)?.identity.generation == model[id], "\(id)") }
        let captured = index.captureStripes().flatMap(\.slots).compactMap { slot -> TwinID? in
            if case .entity(let entity) = slot { entity.id } else { nil }
        }
        #expect(captured.sorted() == model.keys.sorted())
        let devices = model.keys.filter { !$0.isModule }.sorted()
        for limit in [0, 1, 7, devices.count, devices.count + 1, 1_000] {
            #expect(index.devices(limit: limit).map(\.id) == Array(devices.prefix(limit)), "the first \(limit)")
        }
    }

    @Test func `A key that is a part of another, or continues it, is another`() {
        let index = EntityIndex(seed: 1)
        let keys = ["d", "d/m", "d/m1", "dd", "D", "abcdefgh", "abcdefghi", "abcdefg", "abcdefg\u{0}"]
        for (number, key) in keys.enumerated() {
            _ = index.publish([TwinID(trusted: key): Self.entity(key, UInt64(number))], clearing: false)
        }
        for (number, key) in keys.enumerated() {
            #expect(Self.withBytes(key) { index.entity(key: $0) }?.identity.generation == UInt64(number), "\(key)")
        }
        for key in ["", "d/", "/m", "d/m/", "abcdefghij"] {
            #expect(Self.withBytes(key) { index.entity(key: $0) } == nil)
        }
    }

    @Test func `A snapshot's line is found by its key, and read when it is asked for`() throws {
        let index = EntityIndex(seed: 7)
        let ids = Self.ids
        for (number, id) in ids.enumerated() {
            var json = JSONWriter()
            EntityRecord.write(Self.entity(id.key, UInt64(number)), to: &json)
            index.put(try #require(StoredEntity(Self.slice(json.bytes))))
        }
        #expect(index.devices(limit: 3).map(\.id) == Array(ids.filter { !$0.isModule }.sorted().prefix(3)))
        // A change comes in the line's place.
        _ = index.publish([ids[0]: Self.entity(ids[0].key, 99), ids[1]: nil], clearing: false)
        for (number, id) in ids.enumerated() {
            let expected: UInt64? = number == 0 ? 99 : number == 1 ? nil : UInt64(number)
            #expect(index.entity(id)?.identity.generation == expected)
        }
        #expect(
            index.captureStripes().flatMap(\.slots).count { if case .empty = $0 { false } else { true } } == ids.count
                - 1)
    }

    @Test(arguments: [#"{"hub":{}}"#, #"{"id":""#, "", #"{"seeded":{"identity":{}}}"#])
    func `A line that does not begin with a key is no entity's`(text: String) {
        #expect(StoredEntity(Self.slice(Array(text.utf8))) == nil)
    }

    @Test func `Those who watch are told of changes and deletions of their own key, until they no longer watch`() {
        let index = EntityIndex(seed: 3)
        let (one, other) = (TwinID(trusted: "one"), TwinID(trusted: "other"))
        func publish(_ changed: [TwinID: Entity?], clearing: Bool = false) -> [String] {
            index.publish(changed, clearing: clearing).map {
                "\($0.id) \($0.entity == nil ? "gone" : "there") \(String($0.subscribers, radix: 2))"
            }.sorted()
        }
        // Nothing is watched that does not exist.
        #expect(index.watch(one, subscriber: 0) == nil)
        #expect(publish([one: Self.entity("one", 1), other: Self.entity("other", 1)]) == [])
        #expect(index.watch(one, subscriber: 0)?.identity.generation == 1)
        #expect(index.watch(one, subscriber: 2)?.identity.generation == 1)
        #expect(index.watch(other, subscriber: 63)?.identity.generation == 1)
        #expect(publish([one: Self.entity("one", 2)]) == ["one there 101"])
        index.unwatch(one, subscriber: 0)
        index.unwatch(other, subscriber: 5)
        #expect(publish([one: nil]) == ["one gone 100"])
        // A watch outlives its entity, and a reset tells of everything that it took away or brought back.
        #expect(
            publish([one: Self.entity("one", 3)], clearing: true)
                == ["one there 100", "other gone 1" + String(repeating: "0", count: 63)])
        index.unwatch(one, subscriber: 2)
        index.unwatch(other, subscriber: 63)
        #expect(publish([one: nil], clearing: true) == [])
    }

    // MARK: Samples

    /// Devices, some with a module, with keys on both sides of the hash's eight-byte step.
    private static let ids: [TwinID] = (0..<60).flatMap { number -> [TwinID] in
        let device = String(repeating: "x", count: number % 19) + "\(number)"
        let id = TwinID(trusted: device)
        return number % 3 == 0 ? [id, TwinID(trusted: device + "/m")] : [id]
    }

    @Test(arguments: [0, 99, 100])
    func `Of a snapshot the first hundred entities are read at once, so that what is none stops the start`(
        before: Int
    ) throws {
        let index = EntityIndex(seed: 1)
        var reader = SnapshotReader()
        try reader.take(try Self.header(), into: index)
        for number in 0..<before {
            var json = JSONWriter()
            EntityRecord.write(Self.entity("d\(number)", 1), to: &json)
            try reader.take(Self.slice(json.bytes), into: index)
        }
        let line = Self.slice(Array("\n".utf8) + Array(#"{"id":"bad","somebody":{}}"#.utf8))
        let bad = LogSlice(owner: line.owner, offset: 1, count: line.count - 1)
        if before < 100 {
            #expect(throws: RecordError.self) { try reader.take(bad, into: index) }
        } else {
            try reader.take(bad, into: index)
        }
        #expect(throws: RecordError.self) { try SnapshotCheck().visitSnapshotLine(bad) }
        #expect(bad.damage("why") == LogDamage(file: "", line: 2, reason: "why"))
    }

    @Test(arguments: [0, 99, 100])
    func `The same holds for the identities of the seed`(before: Int) throws {
        let index = EntityIndex(seed: 1)
        var reader = SnapshotReader()
        try reader.take(try Self.header(), into: index)
        for number in 0..<before {
            var json = JSONWriter()
            json.beginObject()
            json.key("seeded")
            SeededIdentity(identity: Self.entity("d\(number)", 1).identity, seed: nil).write(to: &json)
            json.endObject()
            try reader.take(Self.slice(json.bytes), into: index)
            try SnapshotCheck().visitSnapshotLine(Self.slice(json.bytes))
        }
        let bad = Self.slice(Array(#"{"seeded":{"somebody":{}}}"#.utf8))
        if before < 100 {
            #expect(throws: (any Error).self) { try reader.take(bad, into: index) }
        } else {
            try reader.take(bad, into: index)
        }
        #expect(throws: (any Error).self) { try SnapshotCheck().visitSnapshotLine(bad) }
    }

    private static func header() throws -> LogSlice {
        var lines: [[UInt8]] = []
        let state = HubState(base: EntityIndex(seed: 1), limits: HubLimits())
        try Snapshot(sequence: 1, state: state, entities: []).writeLines { lines.append(Array($0)) }
        return slice(try #require(lines.first))
    }

    private static func entity(_ key: String, _ generation: UInt64) -> Entity {
        Entity(
            identity: Identity(
                id: TwinID(trusted: key), generation: generation, etagCounter: 10_000_000, authentication: .none),
            twin: .fresh(at: .never, kind: .device))
    }

    private static func withBytes<Result>(_ key: String, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        Array(key.utf8).withUnsafeBytes(body)
    }

    private static func slice(_ bytes: [UInt8]) -> LogSlice {
        bytes.withUnsafeBytes { LogSlice(owner: LogBytes(copying: $0), offset: 0, count: $0.count) }
    }
}
