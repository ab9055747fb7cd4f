import Access
import Defender
import Endpoints
import HTTP
import Hub
import JSON
import Vocabulary

/// Device security groups (defender.md section 6.6). The real hub keeps them with a resource provider,
/// `Microsoft.Security/deviceSecurityGroups`, whose shapes and statuses of api-version 2019-08-01 these are; TwinHub has paths
/// of its own for them. The ETag stands in the header only, since that shape has none.
enum SecurityGroups {
    static let routes: [Route] = [
        Route(.get, "/emulator/defender/groups", "Emulator_ListSecurityGroups", .anyOf(.serviceConnect), list),
        Route(.get, one, "Emulator_GetSecurityGroup", .anyOf(.serviceConnect), get),
        Route(.put, one, "Emulator_PutSecurityGroup", .anyOf(.serviceConnect), bodyLimit: bodyLimit, put),
        Route(.delete, one, "Emulator_DeleteSecurityGroup", .anyOf(.serviceConnect), delete),
    ]

    private static let one = "/emulator/defender/groups/{group}"
    /// Room for a long list of addresses; all groups of a hub stay in its memory.
    private static let bodyLimit = 256 << 10

    private static func list(_ call: Call) throws(HubError) -> Answer {
        var json = JSONWriter()
        json.beginObject()
        json.key("value")
        json.beginArray()
        for group in call.hub.securityGroups { group.writeResource(to: &json) }
        json.endArray()
        json.endObject()
        return .now(.json(json.bytes))
    }

    private static func get(_ call: Call) throws(HubError) -> Answer {
        let name = try call.groupName()
        guard let group = call.hub.securityGroup(name) else {
            throw HubError(.genericNotFound, "There is no security group '\(name)'.")
        }
        return .now(.group(group))
    }

    /// 201 for a group that was not there, else 200, with all rules of it.
    private static func put(_ call: Call) throws(HubError) -> Answer {
        let name = try call.groupName()
        let body = try call.json().root
        let group: SecurityGroup
        do throws(SecurityGroupError) {
            group = try SecurityGroup(reading: body)
        } catch {
            throw HubError(.argumentInvalid, error.description)
        }
        return call.submit(.putSecurityGroup(name, group, call.precondition)) { (outcome) throws(HubError) in
            guard case .securityGroup(let group, let isNew) = outcome else { throw outcome.refusal }
            return .group(group, status: isNew ? 201 : 200)
        }
    }

    /// 204 where there was nothing to delete.
    private static func delete(_ call: Call) throws(HubError) -> Answer {
        call.submit(.deleteSecurityGroup(try call.groupName(), call.precondition)) { (outcome) throws(HubError) in
            switch outcome {
            case .done: return HTTPResponse(status: 200)
            case .unchanged: return HTTPResponse(status: 204)
            default: throw outcome.refusal
            }
        }
    }
}

extension Call {
    fileprivate func groupName() throws(HubError) -> SecurityGroupName {
        try SecurityGroupName(captures["group"] ?? "")
    }
}

extension HTTPResponse {
    fileprivate static func group(_ group: RegisteredSecurityGroup, status: Int = 200) -> HTTPResponse {
        var json = JSONWriter()
        group.writeResource(to: &json)
        var response = HTTPResponse.json(json.bytes)
        response.status = status
        response.fields.append(HTTPField("ETag", "\"\(group.etag)\""))
        return response
    }
}

extension RegisteredSecurityGroup {
    fileprivate func writeResource(to json: inout JSONWriter) {
        group.write(to: &json, id: "/emulator/defender/groups/\(name)", name: name.description)
    }
}
