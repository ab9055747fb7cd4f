import Endpoints
import Hub
import JSON
import Journal

/// The changes of the hub as a feed.
final class HubChanges: Feed {
    static let collection: StaticString = "changes"
    static let name = "change"
    static let title = "The feed"

    private unowned let services: ShardServices
    var grown: () -> Void = {}

    init(_ services: ShardServices) {
        self.services = services
        services.listen { [unowned self] delivery in
            if !delivery.events.isEmpty { grown() }
        }
    }

    var lastSequence: UInt64 { services.hub.lastSequence }

    func recent(after sequence: UInt64, limit: Int) -> FeedPage {
        services.hub.recentEvents(after: sequence, limit: limit)
    }

    func read(after sequence: UInt64, limit: Int, then answer: @escaping @Sendable (FeedPage) -> Void) {
        services.hub.events(after: sequence, limit: limit, then: answer)
    }

    func watch(_ isWatching: Bool) { services.hub.watchFeed(services.subscription, isWatching) }

    func wants(_ entry: RecordedEvent, _ filter: ChangeFilter) -> Bool { filter.wants(entry) }

    func write(_ entry: RecordedEvent, to json: inout JSONWriter) { ChangeDocument.write(entry, to: &json) }
}
