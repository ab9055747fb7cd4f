import Endpoints
import HTTP
import Hub
import JSON
import Vocabulary

/// Counts (rest.md section 15), exact here.
enum Statistics {
    static let routes: [Route] = [
        Route(.get, "/statistics/devices", "Statistics_GetDeviceStatistics", .anyOf(.registryRead), devices),
        Route(.get, "/statistics/service", "Statistics_GetServiceStatistics", .anyOf(.serviceConnect), service),
    ]

    private static func devices(_ call: Call) throws(HubError) -> Answer {
        let registry = call.hub.registry
        var json = JSONWriter()
        json.beginObject()
        json.key("totalDeviceCount")
        json.value(registry.devices)
        json.key("enabledDeviceCount")
        json.value(registry.enabledDevices)
        json.key("disabledDeviceCount")
        json.value(registry.disabledDevices)
        json.endObject()
        return .now(.json(json.bytes))
    }

    /// Devices with a link: those that only speak HTTPS do not count.
    private static func service(_ call: Call) throws(HubError) -> Answer {
        var json = JSONWriter()
        json.beginObject()
        json.key("connectedDeviceCount")
        json.value(call.hub.registry.connectedDevices)
        json.endObject()
        return .now(.json(json.bytes))
    }
}
