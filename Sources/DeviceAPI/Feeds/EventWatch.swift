import Endpoints
import Events
import HTTP
import Routing
import Vocabulary

/// The events for back ends: what they would read from Event Hubs behind the real hub.
enum EventWatch {
    static let routes: [Route] = [
        Route(.get, "/emulator/events", "Emulator_ReadEvents", .anyOf(.serviceConnect)) { (call) throws(HubError) in
            try FeedRequest.follow(DeviceEvents.self, call, filter(call))
        }
    ]

    /// From the query: `source`, `deviceId`, `endpoint`. Without an endpoint what no route took is shown too: whoever looks for
    /// a lost message finds it here.
    private static func filter(_ call: Call) throws(HubError) -> EventFilter {
        var source: EventSource?
        if let name = call.parameter("source") {
            source = EventSource(rawValue: name)
            guard source != nil else {
                let names = EventSource.allCases.map(\.rawValue).joined(separator: ", ")
                throw HubError(.argumentInvalid, "'source' is one of \(names).")
            }
        }
        let endpoint = call.parameter("endpoint")
        if let endpoint, !RoutingPlan(of: call.hub).has(endpoint) {
            throw HubError(.argumentInvalid, "There is no endpoint '\(endpoint)'.")
        }
        return EventFilter(source: source, deviceID: call.parameter("deviceId"), endpoint: endpoint)
    }
}
