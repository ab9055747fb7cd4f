import Endpoints
import HTTP
import Hub
import JSON
import Vocabulary

/// New symmetric keys for many identities (rest.md section 17): what `az iot hub device-identity renew-key` asks for. The real
/// hub has it from api-version 2024-03-31 on; here any may ask.
enum DeviceKeys {
    static let routes: [Route] = [
        Route(.post, "/devices/keys/regenerate", "Devices_RegenerateKeys", .anyOf(.registryWrite), regenerate)
    ]

    /// `{"policyKey":"primaryKey"|"secondaryKey"|"both","devices":[{"id","moduleId"}]}`.
    private static func regenerate(_ call: Call) throws(HubError) -> Answer {
        let body = try call.json().root
        guard body.kind == .object, let name = body["policyKey"]?.string else {
            throw HubError(.argumentNull, "policyKey is missing.")
        }
        guard let which = PolicyKey.allCases.first(where: { $0.rawValue.lowercased() == name.lowercased() }) else {
            throw HubError(.invalidPolicyKey, "policyKey is primaryKey, secondaryKey or both.")
        }
        guard let devices = body["devices"], devices.kind == .array, devices.count > 0 else {
            throw HubError(
                .argumentInvalid, "'devices' is an array of 1 to \(call.hub.limits.keysPerRegeneration) items.")
        }
        guard devices.count <= call.hub.limits.keysPerRegeneration else {
            throw HubError(
                .argumentInvalid, "A request names at most \(call.hub.limits.keysPerRegeneration) identities.")
        }
        try call.services.throttle?.charge(.identityRegistry, forAll: devices.count)
        var ids: [TwinID] = []
        for element in devices.elements { ids.append(try id(element)) }
        return call.submit(.regenerateKeys(ids, which)) { (outcome) throws(HubError) in
            switch outcome {
            case .regenerated(let result): return answer(result, which)
            case .refused(let error): throw error
            default: throw HubError(.serverError, "The regeneration has no result.")
            }
        }
    }

    private static func id(_ element: JSONValue) throws(HubError) -> TwinID {
        guard let device = element["id"]?.string else { throw .badMember("id") }
        guard let module = element["moduleId"], !module.isNull else { return try TwinID(device: device) }
        guard let name = module.string else { throw .badMember("moduleId") }
        return try TwinID(device: device, module: name)
    }

    /// 200 where each has its keys, 207 where some have, 400 where none has.
    private static func answer(_ result: KeyRegeneration, _ which: PolicyKey) -> HTTPResponse {
        var json = JSONWriter()
        json.beginObject()
        json.key("policyKey")
        json.value(which.rawValue)
        json.key("rotatedKeys")
        json.beginArray()
        for rotation in result.rotations {
            json.beginObject()
            write(rotation.id, to: &json)
            if let key = rotation.primary {
                json.key("primaryKey")
                json.value(key.base64)
            }
            if let key = rotation.secondary {
                json.key("secondaryKey")
                json.value(key.base64)
            }
            json.endObject()
        }
        json.endArray()
        json.key("errors")
        json.beginArray()
        for item in result.errors {
            json.beginObject()
            write(item.id, to: &json)
            // An integer, as bulk operations have it on the wire (section 6).
            json.key("errorCode")
            json.value(item.error.code.number)
            json.key("errorStatus")
            json.value(item.error.text)
            json.endObject()
        }
        json.endArray()
        json.endObject()
        var response = HTTPResponse.json(json.bytes)
        if !result.errors.isEmpty { response.status = result.rotations.isEmpty ? 400 : 207 }
        if response.status == 400 {
            response.fields.append(
                HTTPField("iothub-errorcode", ErrorCode.bulkRegenerateDeviceKeyOperationFailure.name.description))
        }
        return response
    }

    private static func write(_ id: TwinID, to json: inout JSONWriter) {
        json.key("id")
        json.value(id.device)
        guard let module = id.module else { return }
        json.key("moduleId")
        json.value(module)
    }
}
