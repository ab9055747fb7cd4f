import Endpoints
import HTTP
import Hub
import JSON
import Vocabulary

/// Device identities (rest.md section 5).
enum Devices {
    static let routes: [Route] = [
        Route(.get, "/devices", "Devices_GetDevices", .anyOf(.registryRead), list),
        Route(.get, "/devices/{device}", "Devices_GetIdentity", .anyOf(.registryRead), get),
        Route(.put, "/devices/{device}", "Devices_CreateOrUpdateIdentity", .anyOf(.registryWrite), put),
        Route(.delete, "/devices/{device}", "Devices_DeleteIdentity", .anyOf(.registryWrite), delete),
    ]

    /// The largest list, and what a `top` outside 1...1000 means.
    static let maximumListed = 1000

    /// The first `top` devices by id: a bare array, without paging.
    private static func list(_ call: Call) throws(HubError) -> Answer {
        let top = call.parameter("top").flatMap { Int($0) } ?? maximumListed
        let limit = (1...maximumListed).contains(top) ? top : maximumListed
        var json = JSONWriter()
        json.beginArray()
        for entity in call.hub.devices(limit: limit) {
            entity.identity.writeJSON(to: &json, showsAttributes: call.apiVersion.hasAttributes)
        }
        json.endArray()
        return .now(.json(json.bytes))
    }

    private static func get(_ call: Call) throws(HubError) -> Answer {
        guard let entity = call.entity() else { throw .deviceNotFound(try call.twinID()) }
        return .now(.identity(entity.identity, for: call.apiVersion))
    }

    private static func put(_ call: Call) throws(HubError) -> Answer {
        let id = try call.twinID()
        return try call.putIdentity(id, module: false)
    }

    private static func delete(_ call: Call) throws(HubError) -> Answer {
        call.submit(.deleteIdentity(try call.twinID(), call.precondition), then: emptyAnswer)
    }

    /// 204.
    static func emptyAnswer(_ outcome: Outcome) throws(HubError) -> HTTPResponse {
        if case .refused(let error) = outcome { throw error }
        return HTTPResponse(status: 204)
    }
}

extension Call {
    /// 200 with the identity; create and update alike.
    func putIdentity(_ id: TwinID, module: Bool) throws(HubError) -> Answer {
        let version = apiVersion
        let draft = try IdentityDraft(
            try identityBody(id), module: module, knowsAttributes: version.hasAttributes)
        return submit(.putIdentity(id, draft, precondition)) { (outcome) throws(HubError) in
            .identity(try outcome.entity().identity, for: version)
        }
    }

    /// A PUT's body: an object whose own ids, where it has them, are the path's (rest.md section 5.2).
    private func identityBody(_ id: TwinID) throws(HubError) -> JSONValue {
        let body = try json().root
        guard body.kind == .object else { throw HubError(.argumentInvalid, "The body is not an object.") }
        for (member, expected) in [("deviceId", id.device), ("moduleId", id.module)] {
            guard let expected, let value = body[member], !value.isNull else { continue }
            guard value.string == expected else {
                throw HubError(.argumentInvalid, "The body's '\(member)' is not the path's.")
            }
        }
        return body
    }
}

extension Outcome {
    /// The entity that a command left; throws what it was refused with.
    func entity() throws(HubError) -> Entity {
        switch self {
        case .entity(let entity): return entity
        case .refused(let error): throw error
        default: throw HubError(.serverError, "The command left no identity.")
        }
    }
}

extension HTTPResponse {
    /// 200 with an identity; a device's carries its quoted ETag in the header too, a module's does not (rest.md section 1.3).
    static func identity(_ identity: Identity, for version: APIVersion) -> HTTPResponse {
        var json = JSONWriter(capacity: 768)
        identity.writeJSON(to: &json, showsAttributes: version.hasAttributes)
        var response = HTTPResponse.json(json.bytes)
        if !identity.id.isModule { response.fields.append(HTTPField("ETag", "\"\(identity.etag)\"")) }
        return response
    }
}
