import Endpoints
import HTTP
import Hub
import JSON
import Twins
import Vocabulary

/// A device's or module's own view of its twin, and its reports (twins.md section 2).
enum DeviceTwin {
    static let routes: [Route] =
        DeviceAPI.paths("twin").map { path, word in
            Route(.get, path, "Emulator_Get\(word)Twin", .deviceOrService, get)
        }
        + DeviceAPI.paths("twin/reported").map { path, word in
            Route(.patch, path, "Emulator_Update\(word)ReportedProperties", .deviceOrService, report)
        }

    /// `{"desired":{…,"$version":n},"reported":{…,"$version":n}}`.
    private static func get(_ call: Call) throws(HubError) -> Answer {
        guard let entity = call.entity() else { throw .deviceNotFound(try call.twinID()) }
        var response = HTTPResponse(status: 200)
        response.contentType = .json
        entity.document.writeDeviceView(to: &response.body)
        return .now(response)
    }

    /// 204 with the new reported version in `x-reported-version`. `If-Match: "<version>"` makes the report conditional.
    private static func report(_ call: Call) throws(HubError) -> Answer {
        let id = try call.twinID()
        var expected: UInt64?
        if case .matching(let values) = call.precondition {
            guard let version = values.first.flatMap({ UInt64($0) }) else {
                throw HubError(.preconditionFailed, "Precondition failed: If-Match is not a reported version.")
            }
            expected = version
        }
        let patch: ReportedPatch
        do throws(HubError) {
            patch = try ReportedPatch(body: try call.json())
        } catch {
            // Over HTTP errors have the registry's form, whatever form the device channel gives them.
            throw HubError(error.code, error.text)
        }
        return call.submit(.report(id, patch, expecting: expected)) { (outcome) throws(HubError) in
            switch outcome {
            case .entity(let entity):
                var response = HTTPResponse(status: 204)
                response.fields.append(HTTPField("x-reported-version", String(entity.twin.reportedVersion)))
                return response
            case .refused(let error): throw HubError(error.code, error.text)
            default: throw HubError(.serverError, "The report left no twin.")
            }
        }
    }
}
