import Access
import Defender
import Endpoints
import HTTP
import Vocabulary

/// The documentation of the agents' configuration keys.
enum KeysResource {
    static let routes: [Route] = [
        Route(.get, "/emulator/defender/keys", "Emulator_ListConfigurationKeys", .anyOf(.serviceConnect)) {
            (_) throws(HubError) in .now(.json(KeysPage.json()))
        }
    ]
}
