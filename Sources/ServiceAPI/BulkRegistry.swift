import Endpoints
import HTTP
import Hub
import JSON
import Vocabulary

/// Many identities in one request (rest.md section 6).
enum BulkRegistry {
    static let routes: [Route] = [
        Route(
            .post, "/devices", "BulkRegistry_UpdateRegistry", .anyOf(.registryWrite), bodyLimit: BodyLimit.bulk, update)
    ]

    private static func update(_ call: Call) throws(HubError) -> Answer {
        let body = try call.json().root
        guard body.kind == .array, body.count > 0 else {
            throw HubError(.argumentInvalid, "The body is an array of 1 to \(call.hub.limits.bulkItems) items.")
        }
        guard body.count <= call.hub.limits.bulkItems else {
            throw HubError(.argumentInvalid, "A bulk request holds at most \(call.hub.limits.bulkItems) items.")
        }
        try call.services.throttle?.charge(.identityRegistry, forAll: body.count)
        var items: [RegistryItem] = []
        // An item that cannot be read is refused by itself, as long as it says which identity it is about.
        var unreadable: [BulkResult.ItemError] = []
        for element in body.elements {
            do throws(HubError) {
                items.append(try RegistryItem(element))
            } catch {
                guard let id = RegistryItem.id(of: element) else { throw error }
                unreadable.append(BulkResult.ItemError(id: id, error: error))
            }
        }
        let errors = unreadable
        return call.submit(.bulk(items)) { (outcome) throws(HubError) in
            switch outcome {
            case .bulk(var result):
                result.errors = errors + result.errors
                return answer(result)
            case .refused(let error): throw error
            default: throw HubError(.serverError, "The bulk operation has no result.")
            }
        }
    }

    /// 200 where every item succeeded; 400 with the errors where one did not, and the others stay applied.
    private static func answer(_ result: BulkResult) -> HTTPResponse {
        var json = JSONWriter()
        json.beginObject()
        json.key("isSuccessful")
        json.value(result.isSuccessful)
        json.key("errors")
        json.beginArray()
        for item in result.errors {
            json.beginObject()
            json.key("deviceId")
            json.value(item.id.device)
            // An integer on the wire, whatever the OpenAPI document says.
            json.key("errorCode")
            json.value(item.error.code.number)
            json.key("errorStatus")
            json.value(item.error.text)
            if let module = item.id.module {
                json.key("moduleId")
                json.value(module)
            }
            json.endObject()
        }
        json.endArray()
        json.key("warnings")
        json.beginArray()
        json.endArray()
        json.endObject()
        var response = HTTPResponse.json(json.bytes)
        if !result.isSuccessful {
            response.status = 400
            response.fields.append(
                HTTPField("iothub-errorcode", ErrorCode.bulkRegistryOperationFailure.name.description))
        }
        return response
    }
}
