import Access
import Endpoints
import Events
import HTTP
import Hub
import JSON
import Routing
import Vocabulary

/// Whether routes would take a message that nobody has sent, as `az iot hub message-route test` asks it.
enum RouteTests {
    static let routes: [Route] = [
        Route(.post, "/emulator/routing/routes/$testnew", "Emulator_TestRoute", .anyOf(.serviceConnect), one),
        Route(.post, "/emulator/routing/routes/$testall", "Emulator_TestAllRoutes", .anyOf(.serviceConnect), all),
    ]

    /// `{"route":{…},"message":{…},"twin":{…}}`; answers `{"result":"true"|"false"|"undefined","details":{…}}`. A condition
    /// that cannot be compiled is a 400 with its line and column (query.md section 10).
    private static func one(_ call: Call) throws(HubError) -> Answer {
        let body = try call.json().root
        guard let declared = body["route"] else { throw HubError(.invalidRouteTestInput, "'route' is missing.") }
        let route: MessageRoute
        do throws(HubError) {
            route = try MessageRoute(declared)
        } catch {
            throw HubError(error.code == .argumentInvalid ? .invalidRouteTestInput : error.code, error.text)
        }
        let result = route.condition.result(for: try TrialMessage(body, call.hub).message)
        var json = JSONWriter()
        json.beginObject()
        json.key("result")
        json.value(result.rawValue)
        json.key("details")
        json.beginObject()
        json.key("compilationErrors")
        json.beginArray()
        json.endArray()
        json.endObject()
        json.endObject()
        return .now(.json(json.bytes))
    }

    /// `{"routingSource":"DeviceMessages","message":{…},"twin":{…}}`; answers the routes of this source that take the
    /// message, `{"routes":[{"properties":{…}}]}`, the fallback where none does.
    private static func all(_ call: Call) throws(HubError) -> Answer {
        let body = try call.json().root
        var source = EventSource.deviceMessages
        if let name = body["routingSource"], !name.isNull {
            guard let known = name.string.flatMap(EventSource.init(routingName:)) else {
                let names = EventSource.allCases.map(\.routingName).joined(separator: ", ")
                throw HubError(.invalidRouteTestInput, "'routingSource' is one of \(names).")
            }
            source = known
        }
        let taking = RoutingPlan(of: call.hub).routes(taking: try TrialMessage(body, call.hub).message, of: source)
        var json = JSONWriter()
        json.beginObject()
        json.key("routes")
        json.beginArray()
        for route in taking {
            json.beginObject()
            json.key("properties")
            route.write(to: &json)
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return .now(.json(json.bytes))
    }
}
