import Access
import Defender
import Endpoints
import HTTP
import Hub
import JSON
import Vocabulary

/// What a device's security messages have said, in one document.
struct SecuritySummary: Sendable {
    private let ledger: SecurityLedger

    init(_ ledger: SecurityLedger) { self.ledger = ledger }

    var routes: [Route] {
        [
            Route(.get, "/emulator/devices/{device}/security", "Emulator_GetSecurity", .anyOf(.serviceConnect)) {
                [self] (call) throws(HubError) in try get(call)
            },
            Route(.get, "/emulator/defender/report", "Emulator_GetSecurityReport", .anyOf(.serviceConnect)) {
                [self] (call) throws(HubError) in report(call)
            },
        ]
    }

    /// `{"deviceId",…}` with the members of `DeviceSecurity`. A message is counted a moment after its sender is answered.
    private func get(_ call: Call) throws(HubError) -> Answer {
        let id = try call.twinID()
        guard let entity = call.hub.entity(id) else { throw .deviceNotFound(id) }
        let known = ledger.device(id) ?? DeviceSecurity(generation: String(entity.identity.generation))
        var json = JSONWriter()
        json.beginObject()
        json.key("deviceId")
        json.value(id.device)
        known.write(to: &json)
        json.endObject()
        return .now(.json(json.bytes))
    }

    /// Devices that one report shows.
    private static let devicesShown = 1_000

    /// `{"devices":[{"deviceId","open":n,"findings":[…]}],"leftOut":n,"notEmulated":[{"name","reason"}]}`, by device: the first of
    /// them, or with `?after=DEVICE` those behind it. `leftOut` says how many there are behind the ones that are shown.
    private func report(_ call: Call) -> Answer {
        let reply = Reply(call)
        let answer = call.services.returning { (document: [UInt8]) in
            reply.give { () throws(HubError) in .json(document) }
        }
        ledger.devicesWithFindings(after: call.parameter("after"), limit: Self.devicesShown) { known, leftOut in
            answer(Self.document(known, leftOut))
        }
        return .later
    }

    private static func document(_ known: [(id: String, security: DeviceSecurity)], _ leftOut: Int) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("devices")
        json.beginArray()
        for (id, security) in known {
            json.beginObject()
            json.key("deviceId")
            json.value(id)
            json.key("open")
            json.value(security.found.findings.count { $0.isOpen })
            json.key("findings")
            json.beginArray()
            for finding in security.found.findings { finding.write(to: &json) }
            json.endArray()
            json.endObject()
        }
        json.endArray()
        json.key("leftOut")
        json.value(leftOut)
        json.key("notEmulated")
        json.beginArray()
        for entry in NotEmulated.all {
            json.beginObject()
            json.key("name")
            json.value(entry.name)
            json.key("reason")
            json.value(entry.reason.rawValue)
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return json.bytes
    }
}
