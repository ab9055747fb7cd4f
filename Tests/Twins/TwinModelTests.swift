import JSON
import TestSupport
import Testing
import Vocabulary

@testable import Twins

/// Random histories, each change compared with the naive model.
@Suite struct TwinModelTests {
    @Test("Random changes leave the same twin as the plain rules", arguments: 0..<60)
    func agreesWithTheModel(_ seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        var time = Timestamp(unixSeconds: 1_790_000_000)
        var model = NaiveTwin(at: time)
        var twin = Twin.fresh(at: time, kind: .device)
        for _ in 0..<80 {
            time = Timestamp(ticks: time.ticks + 12_345)
            let before = model
            let change: TwinChange
            switch Int.random(in: 0..<8, using: &random) {
            case 0:
                let body = Self.body(nulls: false, using: &random)
                let replacement = try ServiceReplacement(body: Tree.object(body).document)
                change = try twin.replaced(replacement, at: time)
                let notice = model.put(tags: Self.tags(body), desired: Self.desired(body), at: time)
                #expect(try change.desiredPatch.map { try Tree($0) } == notice)
                try expectSame(
                    change, twin.replaced(ServiceReplacement(body: JSONDocument(parsing: replacement.json)), at: time))
            case 1...4:
                let body = Self.body(nulls: true, using: &random)
                let patch = try ServicePatch(body: Tree.object(body).document)
                change = try twin.patched(patch, at: time)
                let notice = model.patch(tags: Self.tags(body), desired: Self.desired(body), at: time)
                #expect(try change.desiredPatch.map { try Tree($0) } == notice)
                #expect(change.isUnchanged == (model.version == before.version))
                try expectSame(change, twin.patched(ServicePatch(body: JSONDocument(parsing: patch.json)), at: time))
            default:
                let tree = Tree.randomSection(nulls: true, using: &random)
                let patch = try ReportedPatch(body: tree.document)
                change = try twin.reported(patch, at: time)
                model.report(tree, at: time)
                #expect(change.desiredPatch == nil)
                try expectSame(change, twin.reported(ReportedPatch(body: JSONDocument(parsing: patch.json)), at: time))
            }
            try compare(change.twin, model)
            let difference = NaiveTwin.difference(before.document, model.document)
            #expect(try Tree(change.before) == difference?.before ?? .object([:]))
            #expect(try Tree(change.after) == difference?.after ?? .object([:]))
            twin = change.twin
            // Changes go on from the stored form as from the value, and from the stored form read back.
            if random.once(in: 3) { twin = rendered(twin).twin }
            if random.once(in: 5) { twin = try RenderedTwin(parsing: rendered(twin).bytes).twin }
        }
    }

    private static func body(nulls: Bool, using random: inout SeededRandom) -> [String: Tree] {
        var body: [String: Tree] = [:]
        if random.once(in: 2) { body["tags"] = .randomSection(nulls: nulls, using: &random) }
        if !random.once(in: 4) {
            body["properties"] = .object(["desired": .randomSection(nulls: nulls, using: &random)])
        }
        return body
    }

    private static func tags(_ body: [String: Tree]) -> Tree? { body["tags"] }

    private static func desired(_ body: [String: Tree]) -> Tree? {
        guard case .object(let properties)? = body["properties"] else { return nil }
        return properties["desired"]
    }

    private func rendered(_ twin: Twin) -> RenderedTwin {
        RenderedTwin(twin, TwinIdentityFields(id: TwinID(trusted: "d1"), deviceEtag: "MQ=="))
    }

    private func expectSame(_ first: TwinChange, _ second: TwinChange) {
        #expect(rendered(first.twin).bytes == rendered(second.twin).bytes)
        #expect(first.desiredPatch == second.desiredPatch)
    }

    private func compare(_ twin: Twin, _ model: NaiveTwin) throws {
        #expect(Int(twin.version) == model.version)
        #expect(Int(twin.updates) == model.updates)
        #expect(Int(twin.desiredVersion) == model.desired.version)
        #expect(Int(twin.reportedVersion) == model.reported.version)
        #expect(try Tree(twin.tags) == model.tags.tree)
        #expect(try Tree(twin.desired) == model.desired.root.tree)
        #expect(try Tree(twin.reported) == model.reported.root.tree)
        #expect(try Tree(twin.desiredSection) == model.desired.tree)
        #expect(try Tree(twin.reportedSection) == model.reported.tree)
    }
}
