import Access
import Endpoints
import HTTP

/// What the real hub has and TwinHub does not yet: each answers 501 and names itself, never a plausible lie.
enum NotYet {
    static let routes: [Route] = [
        // Keys
        .missing(.post, "/devices/keys/regenerate", "Devices_RegenerateKeys", .anyOf(.registryWrite))
    ]
}
