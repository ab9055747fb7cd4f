import Access
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
            }
        ]
    }

    /// `{"deviceId",…}` with the members of `DeviceSecurity`. A message is counted a moment after its sender is answered.
    private func get(_ call: Call) throws(HubError) -> Answer {
        let id = try call.twinID()
        guard call.hub.entity(id) != nil else { throw .deviceNotFound(id) }
        let known = ledger.device(id.device)
        // What an earlier device of that name has sent is not this one's.
        let isOfThis = known?.generations.allSatisfy { sender, generation in
            let sender = sender.isEmpty ? id : TwinID(trusted: "\(id.key)/\(sender)")
            return call.hub.entity(sender).map { String($0.identity.generation) == generation } ?? false
        }
        var json = JSONWriter()
        json.beginObject()
        json.key("deviceId")
        json.value(id.device)
        (isOfThis == true ? known ?? DeviceSecurity() : DeviceSecurity()).write(to: &json)
        json.endObject()
        return .now(.json(json.bytes))
    }
}
