import JSON
import Query
import Testing
import Twins
import Vocabulary

@testable import Hub

/// Twins that are looked at where a snapshot holds them.
struct OccupantTests {
    private static let conditions = [
        "tags.floor = 2", "deviceId = 'd3'", "moduleId = 'm'", "IS_DEFINED(tags)", "properties.desired.set.on = true",
        "properties.desired.$version > 1", "capabilities.iotEdge = false", "status = 'enabled'",
        "configurations.[[c]].status = 'Applied'", "tags.[[a\"b]] = 'ü\\\\'",
    ]

    @Test func `A twin in a snapshot answers as it does once it is restored`() throws {
        let it = try HubOnALog()
        for number in 0..<8 {
            let device = it.make("d\(number)")
            let module = try device.module("m")
            it.execute(.putIdentity(module, IdentityDraft(), .none))
            for id in [device, module] where number % 3 > 0 {
                let tags = #"{"floor":\#(number % 4),"a\"b":"\u00fc\\"}"#
                let text = #"{"tags":\#(tags),"properties":{"desired":{"set":{"on":\#(number % 2 == 0)}}}}"#
                it.execute(.patchTwin(id, try patch(text), .any))
            }
        }
        let configuration = try ConfigurationID("c")
        let body =
            #"{"id":"c","content":{"deviceContent":{"properties.desired.c":1}},"targetCondition":"tags.floor = 1"}"#
        let draft = try ConfigurationDraft(
            JSONDocument(parsing: Array(body.utf8)).root, of: configuration)
        it.execute(.putConfiguration(configuration, draft, .none))
        it.waitForConfigurations()
        try it.restart(.snapshot)
        let moment = it.hub.moment()
        var matches = 0
        for text in Self.conditions {
            let condition = try TwinCondition(parsing: text)
            let matchesBefore = matches
            moment.forEach { occupant, document in
                let entity = occupant.entity
                #expect(occupant.id == entity.id && occupant.isModule == entity.id.isModule)
                let expected = entity.withQueryDocument(condition.matches)
                #expect(condition.matches(document) == expected, "\(text) of \(entity.id)")
                if expected { matches += 1 }
            }
            #expect(matches > matchesBefore, "\(text) is of nobody")
        }
        #expect(moment.deviceIDs.count == 9)
    }

    /// The same before and after, for the selections that read twins in each of the ways there are.
    @Test func `A twin that is held makes the same rows where a snapshot holds it`() throws {
        let it = try HubOnALog()
        for number in 0..<6 {
            let device = it.make("d\(number)")
            let module = try device.module("m")
            it.execute(.putIdentity(module, IdentityDraft(), .none))
            let text = #"{"tags":{"floor":\#(number)},"properties":{"desired":{"set":{"on":\#(number % 2 == 0)}}}}"#
            for id in [device, module] where number % 3 > 0 { it.execute(.patchTwin(id, try patch(text), .any)) }
        }
        func rows() throws -> [String] {
            var rows: [String] = []
            for selection in ["*", "deviceId, tags.floor, properties.desired.set.on, capabilities"] {
                let query = try TwinQuery(parsing: "SELECT \(selection) FROM devices")
                var held: [(id: TwinID, twin: HeldTwin)] = []
                it.hub.moment().forEach { occupant, _ in
                    if occupant.id.key.hasPrefix("d") { held.append((occupant.id, occupant.held)) }
                }
                for (_, twin) in held.sorted(by: { $0.id < $1.id }) {
                    var json = JSONWriter()
                    twin.withDocument { query.writeRow(of: $0, to: &json) }
                    rows.append(String(decoding: json.bytes, as: UTF8.self))
                }
            }
            return rows
        }
        let before = try rows()
        #expect(before.count == 2 * 12)
        try it.restart(.snapshot)
        #expect(try rows() == before)
        let restored = it.hub.moment().stripes.flatMap(\.slots).count { if case .entity = $0 { true } else { false } }
        #expect(restored == 0)
    }

    private func patch(_ text: String) throws -> ServicePatch {
        try ServicePatch(body: JSONDocument(parsing: Array(text.utf8)))
    }
}
