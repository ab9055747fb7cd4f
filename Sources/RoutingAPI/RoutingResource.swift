import Access
import Endpoints
import HTTP
import Hub
import JSON
import Routing
import Vocabulary

/// What the hub's owner has declared: `properties.routing` of a hub in Azure Resource Manager.
struct RoutingResource {
    private let deliveries: Deliveries

    init(_ deliveries: Deliveries) { self.deliveries = deliveries }

    var routes: [Route] {
        [
            Route(.get, Self.path, "Emulator_GetRouting", .anyOf(.serviceConnect), get),
            Route(.put, Self.path, "Emulator_PutRouting", .anyOf(.serviceConnect), put),
            Route(.delete, Self.path, "Emulator_DeleteRouting", .anyOf(.serviceConnect), delete),
        ]
    }

    private static let path = "/emulator/routing"

    /// Where nobody has declared anything, what comes to the same.
    @Sendable private func get(_ call: Call) throws(HubError) -> Answer {
        .now(Self.document(RoutingPlan(of: call.hub)))
    }

    /// 200 with the declaration as it is kept.
    @Sendable private func put(_ call: Call) throws(HubError) -> Answer {
        let plan = try RoutingPlan(try call.json().root)
        try deliveries.check(plan)
        return declare(plan.declaration, call) { Self.document(plan) }
    }

    /// 204: everything goes to the built-in endpoint again.
    @Sendable private func delete(_ call: Call) throws(HubError) -> Answer {
        declare(nil, call) { HTTPResponse(status: 204) }
    }

    private func declare(
        _ declaration: RoutingDeclaration?, _ call: Call, _ answer: @escaping () -> HTTPResponse
    ) -> Answer {
        let ticket = deliveries.declaring(to: call.hub, call.services.events)
        return call.submit(.putRouting(declaration)) { [deliveries] (outcome) throws(HubError) in
            deliveries.declared(ticket)
            if case .refused(let error) = outcome { throw error }
            return answer()
        }
    }

    private static func document(_ plan: RoutingPlan) -> HTTPResponse {
        var json = JSONWriter()
        plan.write(to: &json)
        return .json(json.bytes)
    }
}
