import Access
import Endpoints
import HTTP
import Hub
import Vocabulary

/// Findings as they are opened, updated and closed: by long poll or as a stream, of all devices or one, of any severity or one.
struct FindingsWatch: Sendable {
    private let ledger: SecurityLedger

    init(_ ledger: SecurityLedger) { self.ledger = ledger }

    var routes: [Route] {
        [
            Route(.get, "/emulator/defender/findings", "Emulator_WatchFindings", .anyOf(.serviceConnect)) {
                [ledger] (call) throws(HubError) in
                let filter = try FindingFilter(call)
                // A feed is made of its shard's services alone, so that the ledger stands among them.
                _ = call.services.room(SecurityLedger.self) { _ in ledger }
                return try FeedRequest.follow(FindingsFeed.self, call, filter)
            }
        ]
    }
}
