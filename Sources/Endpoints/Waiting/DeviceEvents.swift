import Events
import JSON
import Journal

/// The events for back ends as a feed.
public final class DeviceEvents: Feed {
    public static let collection: StaticString = "events"
    public static let name = "event"
    public static let title = "The event store"

    private unowned let services: ShardServices
    private let bell: ShardBell
    public var grown: () -> Void = {}

    public init(_ services: ShardServices) {
        self.services = services
        bell = ShardBell(services.shard)
        bell.rung = { [unowned self] in grown() }
    }

    deinit { services.events.unfollow(bell) }

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
        if isWatching { services.events.follow(bell) } else { services.events.unfollow(bell) }
    }

    public func wants(_ entry: StoredEvent, _ filter: EventFilter) -> Bool { filter.wants(entry) }

    public func write(_ entry: StoredEvent, to json: inout JSONWriter) { entry.write(to: &json) }
}
