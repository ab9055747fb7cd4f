import Events
import JSON
import Journal
import Reactor
import Synchronization

/// The events for back ends as a feed.
public final class DeviceEvents: Feed {
    public static let collection: StaticString = "events"
    public static let name = "event"
    public static let title = "The event store"

    private unowned let services: ShardServices
    private let messenger: Messenger
    public var grown: () -> Void = {}

    public init(_ services: ShardServices) {
        self.services = services
        messenger = Messenger(services.shard)
        messenger.arrived = { [unowned self] in grown() }
    }

    deinit { services.events.unfollow(messenger) }

    public var lastSequence: UInt64 { services.events.lastSequence }

    public func recent(after sequence: UInt64, limit: Int) -> LogPage<StoredEvent> {
        services.events.recent(after: sequence, limit: limit)
    }

    public func read(
        after sequence: UInt64, limit: Int, then answer: @escaping @Sendable (LogPage<StoredEvent>) -> Void
    ) {
        services.events.read(after: sequence, limit: limit, then: answer)
    }

    public func watch(_ isWatching: Bool) {
        if isWatching { services.events.follow(messenger) } else { services.events.unfollow(messenger) }
    }

    public func wants(_ entry: StoredEvent, _ filter: EventFilter) -> Bool { filter.wants(entry) }

    public func write(_ entry: StoredEvent, to json: inout JSONWriter) { entry.write(to: &json) }
}

/// Brings the word from the store's queue to a shard, at most one on its way.
///
/// Not checked: `arrived` is the shard's, and is set before anybody knows of this object.
private final class Messenger: EventFollower, @unchecked Sendable {
    private let shard: Shard
    private let isUnderWay = Atomic(false)
    var arrived: () -> Void = {}

    public init(_ shard: Shard) { self.shard = shard }

    func eventsArrived() {
        guard !isUnderWay.exchange(true, ordering: .acquiringAndReleasing) else { return }
        shard.post {
            self.isUnderWay.store(false, ordering: .releasing)
            self.arrived()
        }
    }
}
