import Endpoints
import Events
import HTTP
import Vocabulary

/// The events for back ends: what they would read from Event Hubs behind the real hub.
enum EventWatch {
    static let routes: [Route] = [
        Route(.get, "/emulator/events", "Emulator_ReadEvents", .anyOf(.serviceConnect)) { (call) throws(HubError) in
            try FeedRequest.follow(DeviceEvents.self, call, filter(call))
        }
    ]

    /// From the query: `source`, `deviceId`.
    private static func filter(_ call: Call) throws(HubError) -> EventFilter {
        guard let name = call.parameter("source") else { return EventFilter(deviceID: call.parameter("deviceId")) }
        guard let source = EventSource(rawValue: name) else {
            let names = EventSource.allCases.map(\.rawValue).joined(separator: ", ")
            throw HubError(.argumentInvalid, "'source' is one of \(names).")
        }
        return EventFilter(source: source, deviceID: call.parameter("deviceId"))
    }
}
