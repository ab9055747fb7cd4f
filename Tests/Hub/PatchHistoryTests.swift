import JSON
import Testing
import Twins
import Vocabulary

@testable import Hub

/// What a client that was away is told (`--keep-patches`): every patch after a version, or none where one is missing.
struct PatchHistoryTests {
    private static func history(_ versions: ClosedRange<UInt64>, keeping limit: Int) -> PatchHistory {
        var history = PatchHistory()
        for version in versions { history.append(version: version, json: Array("p\(version)".utf8), keeping: limit) }
        return history
    }

    @Test(arguments: [1, 2, 3, 7])
    func `The newest patches up to the limit are told, in order, and one more never`(limit: Int) {
        for newest in 2...UInt64(4 * limit + 3) {
            let history = Self.history(2...newest, keeping: limit)
            for version in 1...newest + 1 {
                let told = history.after(version, current: newest)
                let missed = version < newest ? newest - version : 0
                guard missed <= limit else {
                    #expect(told == nil, "\(limit) kept, \(version) of \(newest)")
                    continue
                }
                #expect(told?.map(\.version) == Array((version + 1)..<(version + 1 + missed)))
                #expect(told?.map { String(decoding: $0.json, as: UTF8.self) } == told?.map { "p\($0.version)" })
            }
        }
    }

    @Test(arguments: [1, 2, 3, 7])
    func `No more than twice the limit is kept, however many come`(limit: Int) {
        var history = PatchHistory()
        var kept: [Weak] = []
        for version in 2...UInt64(20 * limit) {
            history.append(version: version, json: [], keeping: limit)
            if let newest = history.patches.last { kept.append(Weak(newest)) }
            #expect(kept.count { $0.patch != nil } <= 2 * limit)
        }
        #expect(kept.count == 20 * limit - 1)
    }

    @Test func `A very long history is let go of as well`() {
        var history = PatchHistory()
        for version in 2...UInt64(300_000) { history.append(version: version, json: [], keeping: 1_000_000) }
        #expect(history.after(299_998, current: 300_000)?.count == 2)
        history = PatchHistory()
        #expect(history.patches.isEmpty)
    }

    @Test func `Nothing is kept where nothing is to be kept`() {
        let history = Self.history(2...9, keeping: 0)
        #expect(history.patches.isEmpty)
        #expect(history.after(8, current: 9) == nil)
        #expect(history.after(9, current: 9)?.isEmpty == true)
    }

    @Test func `A gap lets go of everything before it`() {
        var history = Self.history(2...4, keeping: 10)
        history.append(version: 6, json: [], keeping: 10)
        #expect(history.patches.map(\.version) == [6])
        #expect(history.after(5, current: 6)?.map(\.version) == [6])
        #expect(history.after(4, current: 6) == nil)
        // The twin has moved on without a patch that is known here.
        #expect(history.after(5, current: 7) == nil)
    }

    @Test func `A limit that was made smaller counts from the next patch on`() {
        var history = Self.history(2...9, keeping: 8)
        history.append(version: 10, json: [], keeping: 2)
        #expect(history.after(8, current: 10)?.map(\.version) == [9, 10])
        #expect(history.after(7, current: 10) == nil)
    }

    /// However often the hub begins anew, a client hears what it would have heard, and memory does not grow.
    @Test(arguments: Restart.allCases)
    func `Patches survive a restart, and are then told and kept as before`(way: Restart) throws {
        var limits = HubLimits()
        limits.patchesPerTwin = 3
        let it = try HubOnALog(limits)
        let id = it.make("d")
        for round in 1...6 {
            for _ in 0..<2 {
                let body = #"{"properties":{"desired":{"a":\#(round)}}}"#
                it.execute(.patchTwin(id, try ServicePatch(body: JSONDocument(parsing: body)), .none))
            }
            let before = try Self.told(it, id)
            try it.restart(way)
            #expect(try Self.told(it, id) == before, "round \(round)")
        }
        #expect(try it.entity(id).patches.patches.map(\.version) == [11, 12, 13])
    }

    /// What a client at each version would be told; nil where it is told the whole section.
    private static func told(_ it: HubOnALog, _ id: TwinID) throws -> [[UInt64]?] {
        let entity = try it.entity(id)
        let current = entity.twin.desiredVersion
        return (1...current).map { version in entity.patches.after(version, current: current)?.map(\.version) }
    }
}

private struct Weak {
    weak var patch: PatchHistory.Patch?
    init(_ patch: PatchHistory.Patch) { self.patch = patch }
}
