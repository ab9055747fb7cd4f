import Defender
import Dispatch
import Events
import Journal
import Synchronization
import Vocabulary

/// Follows the event store and remembers of every device what its security messages have said. Everything here is a function of what
/// the store holds: after a restart it is read again, as far back as events are kept.
///
/// Not checked: `cursor` and `isBusy` belong to `queue`; the rest is constant or locked.
public final class SecurityLedger: EventFollower, @unchecked Sendable {
    /// Devices that are remembered; messages of further ones stand in the event store alone.
    static let devices = 200_000
    private static let pageSize = 256

    private let queue = DispatchQueue(label: "twinhub.security", qos: .utility)
    private var cursor: UInt64 = 0
    private var isBusy = false
    private var store: EventStore?
    private let isScheduled = Atomic(false)
    private let ledger = Mutex([String: DeviceSecurity]())
    private let report: @Sendable (String) -> Void
    private let filter = EventFilter(source: .deviceMessages, interfaceID: SecurityInterface.id)

    public init(report: @escaping @Sendable (String) -> Void) { self.report = report }

    /// Begins to read, from the oldest event that is kept.
    public func follow(_ store: EventStore) {
        queue.async {
            self.store = store
            self.cursor = store.oldestSequence - 1
            self.advance()
        }
        store.follow(self)
    }

    public func eventsArrived() {
        guard !isScheduled.exchange(true, ordering: .acquiringAndReleasing) else { return }
        queue.async {
            self.isScheduled.store(false, ordering: .releasing)
            self.advance()
        }
    }

    /// What is known of a device, with all that has been stored up to now; nil where it has sent no security message.
    func device(_ id: String) -> DeviceSecurity? { ledger.withLock { $0[id] } }

    private func advance() {
        while !isBusy, let store {
            let page = store.recent(after: cursor, limit: Self.pageSize)
            guard case .notInMemory = page else {
                guard take(page) else { return }
                continue
            }
            guard cursor < store.lastSequence else { return }
            isBusy = true
            store.read(after: cursor, limit: Self.pageSize) { page in
                self.queue.async {
                    self.isBusy = false
                    if self.take(page) { self.advance() }
                }
            }
        }
    }

    /// False where there is nothing more for now.
    private func take(_ page: LogPage<StoredEvent>) -> Bool {
        switch page {
        case .notInMemory: return false
        case .compactedAway(let oldest):
            cursor = oldest - 1
            return true
        case .unreadable(let reason):
            report("security messages: the event store cannot be read: \(reason)")
            return false
        case .events(let events):
            guard let last = events.last else { return false }
            for event in events where filter.wants(event) {
                guard let stored = StoredMessage(event) else { continue }
                ledger.withLock { ledger in
                    guard ledger[stored.deviceID] != nil || ledger.count < Self.devices else { return }
                    ledger[stored.deviceID, default: DeviceSecurity()].take(event, stored)
                }
            }
            cursor = last.sequence
            return true
        }
    }
}
