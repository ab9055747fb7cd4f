import Endpoints
import HTTP
import Hub
import JSON
import Vocabulary

/// Module identities (rest.md section 7).
enum Modules {
    static let routes: [Route] = [
        Route(.get, "/devices/{device}/modules", "Modules_GetModulesOnDevice", .anyOf(.registryRead), list),
        Route(.get, "/devices/{device}/modules/{module}", "Modules_GetIdentity", .moduleIdentityRead, get),
        Route(
            .put, "/devices/{device}/modules/{module}", "Modules_CreateOrUpdateIdentity", .anyOf(.registryWrite), put),
        Route(.delete, "/devices/{device}/modules/{module}", "Modules_DeleteIdentity", .anyOf(.registryWrite), delete),
    ]

    /// A bare array, the hub's own modules included, in the order of their creation.
    private static func list(_ call: Call) throws(HubError) -> Answer {
        guard let device = call.entity() else { throw .deviceNotFound(try call.twinID()) }
        var json = JSONWriter()
        json.beginArray()
        for id in device.modules {
            call.hub.entity(id)?.identity.writeJSON(to: &json, showsAttributes: call.apiVersion.hasAttributes)
        }
        json.endArray()
        return .now(.json(json.bytes))
    }

    private static func get(_ call: Call) throws(HubError) -> Answer {
        guard let entity = call.entity() else {
            let id = try call.twinID()
            throw call.hub.entity(id.owner) == nil ? .deviceNotFound(id) : .moduleNotFound(id)
        }
        return .now(.identity(entity.identity, for: call.apiVersion))
    }

    private static func put(_ call: Call) throws(HubError) -> Answer {
        let id = try call.twinID()
        return try call.putIdentity(id, module: true)
    }

    private static func delete(_ call: Call) throws(HubError) -> Answer {
        call.submit(.deleteIdentity(try call.twinID(), call.precondition), then: Devices.emptyAnswer)
    }
}
