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
        try it.restart(.snapshot)
        let moment = it.hub.moment()
        var matches = 0
        for text in Self.conditions {
            let condition = try TwinCondition(parsing: text)
            moment.forEach { occupant, document in
                let entity = occupant.entity
                #expect(occupant.id == entity.id && occupant.isModule == entity.id.isModule)
                let expected = entity.withQueryDocument(condition.matches)
                #expect(condition.matches(document) == expected, "\(text) of \(entity.id)")
                if expected { matches += 1 }
            }
        }
        #expect(matches > 30)
        #expect(moment.deviceIDs.count == 9)
    }

    private func patch(_ text: String) throws -> ServicePatch {
        try ServicePatch(body: JSONDocument(parsing: Array(text.utf8)))
    }
}
