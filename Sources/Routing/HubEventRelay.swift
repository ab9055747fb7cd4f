import Dispatch
import Events
import Hub
import Journal
import Synchronization
import Vocabulary

/// Tells the event store of what happens in the hub, in the hub's order, each thing exactly once.
///
/// It follows the hub's log by pages, one page in flight: what it holds is bounded however much happens, the writer is never
/// kept waiting, and how far it has come stands in the store beside what was told. After a crash it goes on from there.
///
/// Not checked: `cursor` and `isBusy` belong to `queue`; the rest is constant or locked.
public final class HubEventRelay: HubSubscriber, @unchecked Sendable {
    /// Records of the hub's log that are looked at in one go.
    private static let pageSize = 256
    /// Bytes of bodies after which a page ends, whatever is left of it: a record of a seed tells of many identities.
    private static let pageBytes = 1 << 20
    /// How long it waits after the store has refused a page, in milliseconds.
    private static let retryMilliseconds = 1000

    private let queue = DispatchQueue(label: "twinhub.relay", qos: .utility)
    /// The last record of the hub's log that has been told.
    private var cursor: UInt64
    /// Whether a page is being read or written.
    private var isBusy = false

    private let hub: Hub
    private let store: EventStore
    private let isScheduled = Atomic(false)
    private let isStopped = Atomic(false)
    private let report: @Sendable (String) -> Void

    /// Begins to follow at once. `report` is told in a sentence what goes wrong.
    public init(from hub: Hub, to store: EventStore, report: @escaping @Sendable (String) -> Void) {
        self.hub = hub
        self.store = store
        self.report = report
        // A hub that has lost the end of its log to a power failure gives its sequences anew.
        cursor = min(store.hubSequence, hub.lastSequence)
        hub.watchFeed(hub.subscribe(self), true)
        schedule()
    }

    public func deliver(_ delivery: Delivery) { schedule() }

    /// Follows no further.
    public func stop() { isStopped.store(true, ordering: .relaxed) }

    private func schedule() {
        guard !isScheduled.exchange(true, ordering: .acquiringAndReleasing) else { return }
        queue.async {
            self.isScheduled.store(false, ordering: .releasing)
            self.advance()
        }
    }

    private func advance() {
        guard !isBusy, !isStopped.load(ordering: .relaxed) else { return }
        let page = hub.recentEvents(after: cursor, limit: Self.pageSize)
        guard case .notInMemory = page else { return tell(page) }
        guard cursor < hub.lastSequence else { return }
        isBusy = true
        hub.events(after: cursor, limit: Self.pageSize) { page in
            self.queue.async {
                self.isBusy = false
                self.tell(page)
            }
        }
    }

    private func tell(_ page: FeedPage) {
        switch page {
        case .notInMemory: break
        case .events(let records):
            guard !records.isEmpty else { return }
            tell(records)
        case .compactedAway(let oldest):
            report(
                "the hub's log begins with record \(oldest): back ends are not told of the \(oldest - 1 - cursor) before"
            )
            cursor = oldest - 1
            advance()
        case .unreadable(let reason):
            report("the hub's log cannot be read, so back ends are told no more of what changes: \(reason)")
        }
    }

    private func tell(_ records: [RecordedEvent]) {
        var notifications: [(hubSequence: UInt64, notification: HubNotification)] = []
        notifications.reserveCapacity(records.count)
        var bytes = 0
        var last = cursor
        for record in records where bytes < Self.pageBytes {
            for notification in HubNotifications.notifications(of: record) {
                bytes += notification.body.count
                notifications.append((record.sequence, notification))
            }
            last = record.sequence
        }
        isBusy = true
        let through = last
        store.append(notifications, tellingThrough: through) { refusal in
            self.queue.async { self.told(through: through, refusal) }
        }
    }

    private func told(through last: UInt64, _ refusal: EventRefusal?) {
        guard let refusal else {
            isBusy = false
            cursor = last
            return advance()
        }
        guard refusal != .closed else { return }
        queue.asyncAfter(deadline: .now() + .milliseconds(Self.retryMilliseconds)) {
            self.isBusy = false
            self.advance()
        }
    }
}
