import JSON
import Journal
import Testing
import Twins
import Vocabulary

@testable import Hub

@Suite struct StoredSeedTests {
    @Test("A seed that a snapshot holds unread stands in the next one too, and a reset goes back to it")
    func passesThroughSnapshotsUnread() throws {
        let it = try HubOnALog()
        let lines =
            #"{"id":"s","tags":{"a":1},"properties":{"desired":{"b":2}}}"# + "\n" + #"{"id":"s","moduleId":"m"}"#
        it.execute(.seed(try SeedLines(Array(lines.utf8)).items, isComplete: true))
        for _ in 0..<2 { try it.restart(.snapshot) }
        #expect(it.hub.seedProgress.isComplete && it.hub.seedProgress.identities == 2)
        let device = TwinID(trusted: "s")
        let change = try ServicePatch(
            body: JSONDocument(parsing: #"{"tags":{"a":null},"properties":{"desired":{"b":3}}}"#))
        it.execute(.patchTwin(device, change, .none))
        #expect(try !it.entity(device).twin.hasTags)
        it.execute(.reset(.seed))
        #expect(String(decoding: try it.entity(device).twin.tags, as: UTF8.self) == #"{"a":1}"#)
        #expect(String(decoding: try it.entity(device).twin.desired, as: UTF8.self) == #"{"b":2}"#)
        #expect(it.hub.entity(TwinID(trusted: "s/m")) != nil && it.hub.entity(TwinID(trusted: "one-more-1")) == nil)
    }

    @Test("A snapshot that is asked for covers what was written since one that is not yet due again")
    func isTakenWhereItHelps() throws {
        let folder = TemporaryFolder()
        var options = JournalOptions()
        options.snapshotBytes = 1 << 10
        options.durability = .none
        func begin() throws -> Hub { try Hub(log: Journal(folder: folder.path, options: options)) }
        var hub = try begin()
        for number in 0..<40 {
            let id = TwinID(trusted: "d\(number)")
            guard case .entity = hub.execute(.putIdentity(id, IdentityDraft(), .none), origin: HubOnALog.origin) else {
                throw HubOnALog.Unexpected()
            }
        }
        // None is being written any more, whose size would count what comes now.
        hub.takeSnapshot()
        // Much less than the last snapshot, and more than a start should have to carry out again.
        let text = String(repeating: "x", count: 3000)
        let change = try ServicePatch(
            body: JSONDocument(parsing: #"{"properties":{"desired":{"a":"\#(text)","b":"\#(text)","c":"\#(text)"}}}"#))
        guard case .entity = hub.execute(.patchTwin(TwinID(trusted: "d0"), change, .none), origin: HubOnALog.origin)
        else {
            throw HubOnALog.Unexpected()
        }
        hub.takeSnapshot()
        hub.close()
        hub = try begin()
        #expect(hub.replay.records == 0 && hub.replay.snapshotCovering == hub.lastSequence)
        #expect(hub.devices(limit: 100).count == 40)
        hub.close()
    }

    @Test("A hub of many devices comes back whole from a snapshot that is read in pieces, its seed in order")
    func comesBackInPieces() throws {
        let folder = TemporaryFolder()
        var options = JournalOptions()
        options.snapshotBytes = 1 << 10
        options.durability = .none
        func begin() throws -> Hub { try Hub(log: Journal(folder: folder.path, options: options)) }
        var hub = try begin()
        func execute(_ command: Command) throws {
            if case .refused(let error) = hub.execute(command, origin: HubOnALog.origin) { throw error }
        }
        // Backwards, so that the order of coming is none that an index or a sort by id would have.
        let ids = (0..<1_500).reversed().map { "d\($0)" }
        let lines = ids.map { #"{"id":"\#($0)","tags":{"own":"\#($0)"},"properties":{"desired":{"a":1}}}"# }
        try execute(.seed(try SeedLines(Array(lines.joined(separator: "\n").utf8)).items, isComplete: true))
        try execute(.putIdentity(TwinID(trusted: "d7/m"), IdentityDraft(), .none))
        for number in 0..<50 {
            let change = try ServicePatch(body: JSONDocument(parsing: #"{"properties":{"desired":{"b":\#(number)}}}"#))
            try execute(.patchTwin(TwinID(trusted: "d\(number)"), change, .none))
        }
        func documents() -> [String: [UInt8]] {
            var found: [String: [UInt8]] = [:]
            hub.moment().forEach { occupant, _ in found[occupant.id.key] = occupant.entity.document.bytes }
            return found
        }
        let before = documents()
        #expect(before.count == ids.count + 1)
        let order = hub.index.order
        for _ in 0..<2 {
            hub.takeSnapshot()
            hub.close()
            hub = try begin()
            #expect(hub.replay.snapshotLines > 2 * ids.count)
            #expect(hub.index.order == order)
            #expect(documents() == before)
            #expect(hub.registry.identities == before.count)
            #expect(hub.devices(limit: 10_000).map(\.id.key) == ids.sorted())
        }
        // What the seed made came in the seed's order, as identities' ETags tell.
        try execute(.reset(.seed))
        let etags = try ids.map { try #require(hub.entity(TwinID(trusted: $0))).identity.etagCounter }
        #expect(etags == (0..<UInt64(ids.count)).map { etags[0] + $0 })
        hub.close()
    }
}
