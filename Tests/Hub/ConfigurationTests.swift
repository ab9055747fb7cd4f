import JSON
import TestSupport
import Testing
import Twins
import Vocabulary

@testable import Hub

/// Twins that follow configurations (query.md section 9, rest.md section 11).
struct ConfigurationTests {
    @Test(arguments: 0..<6)
    func `After each step the twins are what the plain rules say, over restarts too`(_ seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        var run = try ConfigurationRun(devices: 10, modules: 4)
        var wereOverruled = 0
        for step in 0..<150 {
            switch random.below(10) {
            case 0, 1: try run.putNew(&random)
            case 2, 3: try run.change(&random)
            case 4: try run.delete(&random)
            case 5, 6: try run.write(&random)
            default: try run.tag(&random)
            }
            run.settle()
            if random.once(in: 15) {
                try run.it.restart(random.once(in: 2) ? .snapshot : .replay)
                run.settle()
            }
            try run.compare("step \(step)")
            wereOverruled += run.model.twins.values.count { $0.standing.values.contains("Targeted") }
        }
        #expect(wereOverruled > 0)
    }

    /// Changes come while others are still carried to the twins, and the hub ends and begins again in the midst of it. Without
    /// deletions the end does not depend on the way there.
    @Test(arguments: 6..<12)
    func `However changes overtake each other, the twins end as if the last ones had come alone`(_ seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        var run = try ConfigurationRun(devices: 40, modules: 20)
        for _ in 0..<120 {
            switch random.below(8) {
            case 0: try run.putNew(&random)
            case 1...3: try run.change(&random)
            default: try run.tag(&random)
            }
            if random.once(in: 20) { try run.it.restart(random.once(in: 2) ? .snapshot : .replay) }
        }
        run.settle()
        try run.compare("the end")
        #expect(run.model.configurations.count > 2)
    }

    @Test func `A slice of a rollout is bounded in twins, and in bytes of what they get`() throws {
        let it = try HubOnALog()
        var limits = HubLimits()
        limits.twinsPerSettling = 50
        limits.bytesPerSettling = 10_000
        func slice(_ text: String) throws -> Int {
            try put(it, "c\(text.count)", #"{"deviceContent":{"properties.desired.a":"\#(text)"}}"#, "tags.t = 1")
            let newest = try #require(it.hub.configurations.max { $0.number < $1.number })
            #expect(newest.content.json.count > text.utf8.count)
            let registry = ConfigurationRegistry(
                active: [newest], retired: [], newestNumber: newest.number, revision: newest.revision, settled: 0)
            return Rollout.slice(of: registry, limits)
        }
        #expect(try slice("x") == 50)
        #expect((5...10).contains(try slice(String(repeating: "x", count: 1_000))))
        // One at least, or it would never end.
        limits.bytesPerSettling = 100
        #expect(try slice(String(repeating: "x", count: 1_001)) == 1)
        #expect(Rollout.slice(of: ConfigurationRegistry(), limits) == 50)
    }

    @Test func `A twin changes in the same batch of the log as what makes it a target`() throws {
        let it = try HubOnALog()
        let id = it.make("d")
        try put(it, "c", #"{"deviceContent":{"properties.desired.a":1}}"#, "tags.t = 1")
        it.waitForConfigurations()
        let patch = try ServicePatch(body: JSONDocument(parsing: #"{"tags":{"t":1}}"#))
        guard case .entity(let answer) = it.execute(.patchTwin(id, patch, .none)) else { throw HubOnALog.Unexpected() }
        // The answer is what stands afterwards.
        #expect(String(decoding: answer.twin.desired, as: UTF8.self) == #"{"a":1}"#)
        let records = try it.records().suffix(3)
        #expect(records.map(\.kind) == ["twin.patched", "twin.patched", "twin.targeted"])
        #expect(Set(records.map(\.batch)).count == 1)
    }

    @Test func `Only twins that a change concerns are touched`() throws {
        let it = try HubOnALog()
        let ids = (0..<20).map { it.make("d\($0)") }
        let patch = try ServicePatch(body: JSONDocument(parsing: #"{"tags":{"t":1}}"#))
        it.execute(.patchTwin(ids[3], patch, .none))
        let before = try ids.map { try it.entity($0).twin.version }
        try put(it, "c", #"{"deviceContent":{"properties.desired.a":1}}"#, "tags.t = 1")
        it.waitForConfigurations()
        let touched = try zip(ids, before).filter { try it.entity($0).twin.version != $1 }.map(\.0.key)
        #expect(touched == ["d3"])
        // What it does not read does not bring it back.
        let count = try it.records().count
        let other = try ServicePatch(body: JSONDocument(parsing: #"{"tags":{"u":1}}"#))
        it.execute(.patchTwin(ids[4], other, .none))
        #expect(try it.records().count == count + 1)
    }

    /// Two halves that fit alone and not together (twins.md section 7: 32 KB), in either order of their coming.
    @Test(arguments: [["high", "low"], ["low", "high"]])
    func `Where two contents do not fit together, the higher priority has its way`(order: [String]) throws {
        let it = try HubOnALog()
        let ids = [it.make("there"), it.make("later")]
        let half = String(repeating: "x", count: 4000)
        func target(_ id: TwinID) throws {
            it.execute(.patchTwin(id, try ServicePatch(body: JSONDocument(parsing: #"{"tags":{"t":1}}"#)), .none))
        }
        try target(ids[0])
        for name in order {
            let parts = (0..<5).map { #""properties.desired.\#(name)\#($0)":"\#(half)""# }
            try put(
                it, name, #"{"deviceContent":{\#(parts.joined(separator: ","))}}"#, "tags.t = 1",
                priority: name == "high" ? 2 : 1)
            it.waitForConfigurations()
        }
        try target(ids[1])
        for id in ids {
            let standing = try it.entity(id).configurations.map { "\($0.id) \($0.status.rawValue)" }
            #expect(standing == ["high Applied", "low Targeted"])
            #expect(try leaves(it, id).map { $0.prefix(4) } == Array(repeating: "high", count: 5))
        }
    }

    @Test func `A module that a deployment makes follows configurations of its own`() throws {
        let it = try HubOnALog()
        let gateway = TwinID(trusted: "gateway")
        var draft = IdentityDraft()
        draft.iotEdge = true
        it.execute(.putIdentity(gateway, draft, .none))
        try put(
            it, "own", #"{"moduleContent":{"properties.desired.own":1}}"#,
            "FROM devices.modules WHERE moduleId = 'sensor'")
        try put(
            it, "deployment",
            #"{"modulesContent":{"$edgeAgent":{"properties.desired":{}},"sensor":{"properties.desired.given":1}}}"#,
            "tags.t = 1")
        it.waitForConfigurations()
        it.execute(.patchTwin(gateway, try ServicePatch(body: JSONDocument(parsing: #"{"tags":{"t":1}}"#)), .none))
        #expect(try leaves(it, TwinID(trusted: "gateway/sensor")).sorted() == ["given", "own"])
    }

    @Test func `A condition on what the hub writes of a section is followed`() throws {
        let it = try HubOnALog()
        let id = it.make("d")
        try put(it, "c", #"{"deviceContent":{"properties.desired.a":1}}"#, "properties.reported.$version >= 2")
        it.waitForConfigurations()
        #expect(try it.entity(id).configurations.isEmpty)
        it.execute(.report(id, try ReportedPatch(body: JSONDocument(parsing: #"{"x":1}"#)), expecting: nil))
        #expect(try it.entity(id).configurations.map(\.status) == [.applied])
    }

    @Test func `The mark of a content is the same after a restart, however it was written`() throws {
        let it = try HubOnALog()
        let ids = [it.make("a"), it.make("b")]
        try put(it, "c", "{\n  \"deviceContent\": {\r\n \"properties.desired.a\": {\n\"x\":1}}}", "tags.t = 1")
        it.waitForConfigurations()
        let patch = try ServicePatch(body: JSONDocument(parsing: #"{"tags":{"t":1}}"#))
        it.execute(.patchTwin(ids[0], patch, .none))
        try it.restart()
        it.execute(.patchTwin(ids[1], patch, .none))
        let marks = try ids.map { id in
            try JSONDocument(parsing: Array(it.entity(id).twin.desiredSection))
                .root["$metadata"]?["a"]?["x"]?["$lastUpdatedByDigest"]?.string
        }
        #expect(marks[0] != nil && marks[0] == marks[1])
    }

    /// What would take all memory, or all time, is refused before it is taken apart.
    @Test func `Contents beyond all bounds are refused at once`() throws {
        let deep = "properties.desired" + String(repeating: ".a", count: 400_000)
        let wide = (0..<90_000).map { "\"k\($0)\":1" }.joined(separator: ",")
        for content in [
            #"{"deviceContent":{"\#(deep)":1}}"#, #"{"deviceContent":{"properties.desired":{\#(wide)}}}"#,
            #"{"deviceContent":{"properties.desired.a.b.c.d.e.f.g.h.i.j.k":1}}"#,
            #"{"modulesContent":{\#((0..<40_000).map { "\"m\($0)\":{}" }.joined(separator: ","))}}"#,
        ] {
            let document = try JSONDocument(parsing: content)
            let refusal = #expect(throws: HubError.self) { try ConfigurationContent(document.root) }
            #expect(refusal?.code == .invalidConfigurationContent)
        }
    }

    private func leaves(_ it: HubOnALog, _ id: TwinID) throws -> [String] {
        try JSONDocument(parsing: Array(it.entity(id).twin.desired)).root.members.map(\.key)
    }

    @Test func `One more than the hub may hold is refused`() throws {
        var limits = HubLimits()
        limits.configurations = 2
        let it = try HubOnALog(limits)
        let content = #"{"deviceContent":{"properties.desired.a":1}}"#
        for name in ["a", "b"] { try put(it, name, content, "") }
        let refusal = #expect(throws: HubError.self) { try put(it, "c", content, "") }
        #expect(refusal?.code == .configurationCountLimitExceeded)
        guard case .done = it.execute(.deleteConfiguration(try ConfigurationID("a"), .any)) else {
            throw HubOnALog.Unexpected()
        }
        try put(it, "c", content, "")
        #expect(it.hub.configurations.map(\.id.description) == ["b", "c"])
    }

    @Test func `A reset leaves no configuration`() throws {
        let it = try HubOnALog()
        it.make("d")
        try put(it, "c", #"{"deviceContent":{"properties.desired.a":1}}"#, "*")
        guard case .done = it.execute(.reset(.empty)) else { throw HubOnALog.Unexpected() }
        it.waitForConfigurations()
        #expect(it.hub.configurations.isEmpty)
        let id = it.make("d")
        #expect(try Array(it.entity(id).twin.desired) == Array("{}".utf8))
        try it.restart()
        #expect(it.hub.configurations.isEmpty)
    }

    private func put(
        _ it: HubOnALog, _ name: String, _ content: String, _ condition: String, priority: Int = 0
    ) throws {
        let id = try ConfigurationID(name)
        let body = #"{"content":\#(content),"targetCondition":"\#(condition)","priority":\#(priority)}"#
        let draft = try ConfigurationDraft(JSONDocument(parsing: body).root, of: id)
        if let refusal = it.refusal(of: .putConfiguration(id, draft, .none)) { throw refusal }
    }
}
