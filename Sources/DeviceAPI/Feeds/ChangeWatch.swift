import Endpoints
import HTTP
import Vocabulary

/// The change feed, for back ends and test suites: every change of the hub in order.
enum ChangeWatch {
    static let routes: [Route] = [
        Route(.get, "/emulator/changes", "Emulator_WatchChanges", .anyOf(.serviceConnect)) { (call) throws(HubError) in
            try FeedRequest.follow(HubChanges.self, call, ChangeFilter(call))
        }
    ]
}
