import Access
import Endpoints
import HTTP

/// What the real hub has and TwinHub does not yet: each answers 501 and names itself, never a plausible lie.
enum NotYet {
    static let routes: [Route] = [
        // Keys
        .missing(.post, "/devices/keys/regenerate", "Devices_RegenerateKeys", .anyOf(.registryWrite)),
        // Digital twins
        .missing(.get, "/digitaltwins/{device}", "DigitalTwin_GetDigitalTwin", .anyOf(.serviceConnect)),
        .missing(.patch, "/digitaltwins/{device}", "DigitalTwin_UpdateDigitalTwin", .anyOf(.serviceConnect)),
        .missing(
            .post, "/digitaltwins/{device}/commands/{name}", "DigitalTwin_InvokeRootLevelCommand",
            .anyOf(.serviceConnect)),
        .missing(
            .post, "/digitaltwins/{device}/components/{component}/commands/{name}",
            "DigitalTwin_InvokeComponentCommand",
            .anyOf(.serviceConnect)),
    ]
}
