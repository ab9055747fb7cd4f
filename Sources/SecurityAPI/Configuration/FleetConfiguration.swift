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

    /// `{"devices":["d",…]|"all","where":CONDITION,"modules":"classic"|"micro","set":{…},"reset":[…]}`. 200
    /// `{"changed":n,"refusedCount":n,"refused":[…]}`; with `all` or `where`, devices without the module are passed over.
    private static func update(_ call: Call) throws(HubError) -> Answer {
        let body = try call.json().root
        let limit = call.hub.limits.devicesPerConfiguration
        let selection = try DeviceSelection(body, limit: limit)
        let module = try module(body)
        let changes = try ConfigurationChange.list(body, of: module)
        let reply = Reply(call)
        let (services, origin) = (call.services, call.origin)
        selection.resolve(on: services, having: module) { devices in
            guard devices.count <= limit else {
                return reply.give { () throws(HubError) in
                    throw HubError(
                        .argumentInvalid,
                        "\(devices.count) devices have the module: at most \(limit) are changed at once.")
                }
            }
            services.submit(.configureAgents(devices, module, changes), origin: origin) { outcome in
                reply.give { () throws(HubError) in
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
        }
        return .later
    }

    private static func module(_ body: JSONValue) throws(HubError) -> SecurityModule {
        guard let value = body["modules"] else { return .classic }
        guard let module = value.string.flatMap(SecurityModule.init(rawValue:)) else {
            throw HubError(.argumentInvalid, "'modules' is classic or micro.")
        }
        return module
    }
}
