import Endpoints
import HTTP
import Hub
import JSON
import Twins
import Vocabulary

/// Device and module twins as back ends see them (rest.md section 8, twins.md).
enum Twins {
    static let routes: [Route] = ["/twins/{device}", "/twins/{device}/modules/{module}"].flatMap { path in
        let prefix = path.hasSuffix("{module}") ? "Modules" : "Devices"
        return [
            Route(.get, path, "\(prefix)_GetTwin", .anyOf(.serviceConnect), get),
            Route(.patch, path, "\(prefix)_UpdateTwin", .anyOf(.serviceConnect), patch),
            Route(.put, path, "\(prefix)_ReplaceTwin", .anyOf(.serviceConnect), replace),
        ]
    }

    private static func get(_ call: Call) throws(HubError) -> Answer {
        guard let entity = call.entity() else { throw .deviceNotFound(try call.twinID(), envelope: .twin) }
        return .now(twin(entity, for: call.apiVersion))
    }

    private static func patch(_ call: Call) throws(HubError) -> Answer {
        let id = try call.twinID()
        let patch = try ServicePatch(body: try call.twinBody(), limits: call.apiVersion.twinLimits)
        let version = call.apiVersion
        return call.submit(.patchTwin(id, patch, call.precondition)) { (outcome) throws(HubError) in
            twin(try outcome.entity(), for: version)
        }
    }

    private static func replace(_ call: Call) throws(HubError) -> Answer {
        let id = try call.twinID()
        let replacement = try ServiceReplacement(body: try call.twinBody(), limits: call.apiVersion.twinLimits)
        let version = call.apiVersion
        return call.submit(.replaceTwin(id, replacement, call.precondition)) { (outcome) throws(HubError) in
            twin(try outcome.entity(), for: version)
        }
    }

    /// 200 with the full twin, which stands ready; no ETag header. Old api-versions know no `modelId`.
    private static func twin(_ entity: Entity, for version: APIVersion) -> HTTPResponse {
        if version.hasModelID { return .json(entity.document.bytes) }
        var bytes: [UInt8] = []
        entity.document.writeServiceView(withoutModelID: true, to: &bytes)
        return .json(bytes)
    }
}

extension Call {
    /// The body as JSON; errors are shaped as twin errors are.
    fileprivate func twinBody() throws(HubError) -> JSONDocument {
        guard !request.body.isEmpty else { throw .missingBody(envelope: .twin) }
        do throws(JSONError) {
            return try JSONDocument(parsing: Array(request.body))
        } catch {
            throw .malformed(error, envelope: .twin)
        }
    }
}

extension APIVersion {
    /// Arrays in twins, and the larger limits, came with `2019-10-01` (twins.md section 7).
    var twinLimits: TwinLimits { text.isEmpty || text >= "2019-10-01" ? .current : .before2019 }
}
