import Endpoints
import HTTP
import Hub
import JSON
import Twins
import Vocabulary

/// The Plug and Play view of device twins (rest.md section 14).
enum DigitalTwins {
    static let routes: [Route] =
        [
            Route(.get, "/digitaltwins/{device}", "DigitalTwin_GetDigitalTwin", .anyOf(.serviceConnect), get),
            Route(.patch, "/digitaltwins/{device}", "DigitalTwin_UpdateDigitalTwin", .anyOf(.serviceConnect), patch),
        ] + DigitalTwinCommands.routes

    /// 200 for every device, also for one without a model.
    private static func get(_ call: Call) throws(HubError) -> Answer {
        guard let entity = call.entity() else { throw .deviceNotFound(try call.twinID()) }
        var response = HTTPResponse.json(try entity.document.digitalTwin())
        response.fields.append(HTTPField("ETag", "\"\(entity.twin.etag)\""))
        return .now(response)
    }

    /// 202 without a body: what is desired now is the device's to do.
    private static func patch(_ call: Call) throws(HubError) -> Answer {
        let id = try call.twinID()
        let patch = try DigitalTwinPatch(body: try call.json())
        // A reference (RFC 9110 section 10.2.2): which of its names the client knows the hub by is the client's to know.
        let query = call.apiVersion.text.isEmpty ? "" : "?api-version=\(call.apiVersion.text)"
        let location = "/digitaltwins/\(PercentCoding.encode(id.device))\(query)"
        return call.submit(.patchDigitalTwin(id, patch, call.precondition)) { (outcome) throws(HubError) in
            var response = HTTPResponse(status: 202)
            response.fields.append(HTTPField("ETag", "\"\(try outcome.entity().twin.etag)\""))
            response.fields.append(HTTPField("Location", location))
            return response
        }
    }
}
