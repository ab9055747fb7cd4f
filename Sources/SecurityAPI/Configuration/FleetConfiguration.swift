import Access
import Defender
import Endpoints
import HTTP
import Hub
import JSON
import Vocabulary

/// One change of configuration for many devices, as one batch of the log.
enum FleetConfiguration {
    static let routes: [Route] = [
        Route(
            .post, "/emulator/defender/configuration", "Emulator_UpdateFleetConfiguration", .anyOf(.serviceConnect),
            update)
    ]

    /// `{"devices":["d",…]|"all","modules":"classic"|"micro","set":{…},"reset":[…]}`. 200
    /// `{"changed":n,"refusedCount":n,"refused":[…]}`; with `all`, devices without the module are passed over.
    private static func update(_ call: Call) throws(HubError) -> Answer {
        let body = try call.json().root
        let limit = call.hub.limits.devicesPerConfiguration
        let selection = try DeviceSelection(body, limit: limit)
        let module = try module(body)
        let changes = try ConfigurationChange.list(body, of: module)
        let devices: [TwinID]
        switch selection {
        case .these(let ids): devices = ids
        case .all:
            devices = call.hub.deviceIDs(after: nil, limit: limit + 1).filter {
                call.hub.entity(module.id(on: $0)) != nil
            }
            guard devices.count <= limit else {
                throw HubError(
                    .argumentInvalid, "More than \(limit) devices have the module: name at most so many at once.")
            }
        }
        return call.submit(.configureAgents(devices, module, changes)) { (outcome) throws(HubError) in
            guard case .bulk(let result) = outcome else { throw outcome.refusal }
            var json = JSONWriter()
            json.beginObject()
            json.key("changed")
            json.value(devices.count - result.errors.count)
            SecuringDocument.write(refused: result.errors, to: &json)
            json.endObject()
            return .json(json.bytes)
        }
    }

    private static func module(_ body: JSONValue) throws(HubError) -> SecurityModule {
        guard let value = body["modules"] else { return .classic }
        guard let module = value.string.flatMap(SecurityModule.init(rawValue:)) else {
            throw HubError(.argumentInvalid, "'modules' is classic or micro.")
        }
        return module
    }
}
