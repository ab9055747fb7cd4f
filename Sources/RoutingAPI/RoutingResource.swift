import Access
import Endpoints
import HTTP
import Hub
import JSON
import Routing
import Vocabulary

/// What the hub's owner has declared: `properties.routing` of a hub in Azure Resource Manager.
enum RoutingResource {
    static let routes: [Route] = [
        Route(.get, path, "Emulator_GetRouting", .anyOf(.serviceConnect), get),
        Route(.put, path, "Emulator_PutRouting", .anyOf(.serviceConnect), put),
        Route(.delete, path, "Emulator_DeleteRouting", .anyOf(.serviceConnect), delete),
    ]

    private static let path = "/emulator/routing"

    /// Where nobody has declared anything, what comes to the same.
    private static func get(_ call: Call) throws(HubError) -> Answer {
        .now(document(RoutingPlan(of: call.hub)))
    }

    /// 200 with the declaration as it is kept.
    private static func put(_ call: Call) throws(HubError) -> Answer {
        let plan = try RoutingPlan(try call.json().root)
        return call.submit(.putRouting(plan.declaration)) { (outcome) throws(HubError) in
            if case .refused(let error) = outcome { throw error }
            return document(plan)
        }
    }

    /// 204: everything goes to the built-in endpoint again.
    private static func delete(_ call: Call) throws(HubError) -> Answer {
        call.submit(.putRouting(nil)) { (outcome) throws(HubError) in
            if case .refused(let error) = outcome { throw error }
            return HTTPResponse(status: 204)
        }
    }

    private static func document(_ plan: RoutingPlan) -> HTTPResponse {
        var json = JSONWriter()
        plan.write(to: &json)
        return .json(json.bytes)
    }
}
