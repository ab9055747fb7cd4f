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
                [self] (call) throws(HubError) in try report(call)
            },
        ]
    }

    /// `{"deviceId",…}` with the members of `DeviceSecurity`. A message is counted a moment after its sender is answered.
    private func get(_ call: Call) throws(HubError) -> Answer {
        let id = try call.twinID()
        guard call.hub.entity(id) != nil else { throw .deviceNotFound(id) }
        let known = ledger.device(id.device).flatMap { Self.isOf(id, $0, call.hub) ? $0 : nil }
        var json = JSONWriter()
        json.beginObject()
        json.key("deviceId")
        json.value(id.device)
        (known ?? DeviceSecurity()).write(to: &json)
        json.endObject()
        return .now(.json(json.bytes))
    }

    /// Devices that one report shows.
    private static let devicesShown = 1_000

    /// `{"devices":[{"deviceId","open":n,"findings":[…]}],"leftOut":n,"notEmulated":[{"name","reason"}]}`, by device.
    private func report(_ call: Call) throws(HubError) -> Answer {
        let known = ledger.devicesWithFindings().filter { Self.isOf(TwinID(trusted: $0.id), $0.security, call.hub) }
        var json = JSONWriter()
        json.beginObject()
        json.key("devices")
        json.beginArray()
        for (id, security) in known.prefix(Self.devicesShown) {
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
        json.value(max(known.count - Self.devicesShown, 0))
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
        return .now(.json(json.bytes))
    }

    /// What an earlier device of that name has sent is not this one's.
    private static func isOf(_ id: TwinID, _ security: DeviceSecurity, _ hub: Hub) -> Bool {
        hub.entity(id) != nil
            && security.generations.allSatisfy { sender, generation in
                let sender = sender.isEmpty ? id : TwinID(trusted: "\(id.key)/\(sender)")
                return hub.entity(sender).map { String($0.identity.generation) == generation } ?? false
            }
    }
}
