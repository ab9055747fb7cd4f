import Defender
import Dispatch
import Events
import Hub
import JSON
import Journal
import Synchronization
import Vocabulary

/// Follows the event store and remembers of every device what its security messages have said. Everything here is a function of what
/// the store holds: after a restart it is read again, as far back as events are kept.
///
/// Not checked: `cursor` and `isBusy` belong to `queue`; the rest is constant or locked.
public final class SecurityLedger: EventFollower, HubSubscriber, @unchecked Sendable {
    /// Devices that are remembered; messages of further ones stand in the event store alone.
    static let devices = 200_000
    private static let pageSize = 256
    /// How long events gather before they are looked at.
    private static let gatheringMilliseconds = 50

    private let queue = DispatchQueue(label: "twinhub.security", qos: .utility)
    private var cursor: UInt64 = 0
    private var isBusy = false
    private var store: EventStore?
    private let isScheduled = Atomic(false)
    private let hub = Mutex<Hub?>(nil)
    private let ledger = Mutex([String: DeviceSecurity]())
    private let report: @Sendable (String) -> Void
    private let messages = EventFilter(source: .deviceMessages)
    private let marked = EventFilter(source: .deviceMessages, interfaceID: SecurityInterface.id)
    private let environment: Environment

    public init(environment: Environment, report: @escaping @Sendable (String) -> Void) {
        self.environment = environment
        self.report = report
    }

    /// Begins to read, from the oldest event that is kept, and to look at the twins of security modules.
    public func follow(_ store: EventStore, of hub: Hub) {
        self.hub.withLock { $0 = hub }
        hub.watchFeed(hub.subscribe(self), true)
        queue.async {
            self.store = store
            self.cursor = store.oldestSequence - 1
            self.advance()
        }
        store.follow(self)
    }

    public func eventsArrived() {
        guard !isScheduled.exchange(true, ordering: .acquiringAndReleasing) else { return }
        // Everything that is stored comes by here, most of it no security message: many are looked at in one go.
        queue.asyncAfter(deadline: .now() + .milliseconds(Self.gatheringMilliseconds)) {
            self.isScheduled.store(false, ordering: .releasing)
            self.advance()
        }
    }

    /// Changes of the twins that configure agents; devices of which nothing is known are left alone.
    public func deliver(_ delivery: Delivery) {
        for recorded in delivery.events {
            guard case .twinPatched(let id, _, _) = recorded.event, let module = SecurityModule(of: id),
                ledger.withLock({ $0[id.device] != nil }), let hub = hub.withLock({ $0 }), let entity = hub.entity(id),
                let desired = try? JSONDocument(parsing: Array(entity.twin.desired)).root
            else { continue }
            ledger.withLock { $0[id.device]?.twinChanged(.security(module, desired: desired), at: recorded.time) }
        }
    }

    /// What is known of a device as of now; nil where nothing has come from it.
    func device(_ id: String) -> DeviceSecurity? {
        let now = environment.now()
        return ledger.withLock { ledger in
            ledger[id]?.look(at: now)
            return ledger[id]
        }
    }

    /// As above for every device of which something is found, by its id.
    func devicesWithFindings() -> [(id: String, security: DeviceSecurity)] {
        let now = environment.now()
        return ledger.withLock { ledger in
            for id in ledger.keys { ledger[id]?.look(at: now) }
            return ledger.filter { !$0.value.found.findings.isEmpty }.sorted { $0.key < $1.key }
                .map { (id: $0.key, security: $0.value) }
        }
    }

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

    /// A device is remembered from its first security message on; its other messages count as signs of life from then on.
    private func take(_ event: StoredEvent) {
        guard let device = event.deviceID else { return }
        guard marked.wants(event), let stored = StoredMessage(event) else {
            return ledger.withLock { $0[device]?.heard(at: event.enqueuedTime) }
        }
        ledger.withLock { ledger in
            guard ledger[device] != nil || ledger.count < Self.devices else { return }
            ledger[device, default: DeviceSecurity()].take(event, stored)
            ledger[device]?.heard(at: event.enqueuedTime)
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
            for event in events where messages.wants(event) { take(event) }
            cursor = last.sequence
            return true
        }
    }
}
