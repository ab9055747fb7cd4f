import Access
import Endpoints
import HTTP
import JSON
import Routing
import Vocabulary

/// How the endpoints fare to which events are delivered: the resource provider's `routingEndpointsHealth`.
struct EndpointsHealth {
    let deliveries: Deliveries

    var routes: [Route] {
        [
            Route(
                .get, "/emulator/routing/routingEndpointsHealth", "Emulator_GetEndpointHealth", .anyOf(.serviceConnect)
            ) {
                (call) throws(HubError) in .now(document(call))
            }
        ]
    }

    /// `{"value":[{"endpointId","healthStatus",…}]}`
    private func document(_ call: Call) -> HTTPResponse {
        var json = JSONWriter()
        json.beginObject()
        json.key("value")
        json.beginArray()
        for (name, health) in deliveries.health(of: RoutingPlan(of: call.hub)) { health.write(name, to: &json) }
        json.endArray()
        json.endObject()
        return .json(json.bytes)
    }
}
