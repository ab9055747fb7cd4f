import Dispatch
import Events
import Journal
import Routing
import Synchronization
import Vocabulary

/// Brings an endpoint its messages, in their order and each at least once, one page in flight: however far behind it is, it
/// holds no more than that, and nobody waits for it.
///
/// Not checked: `position`, `written`, `isBusy`, `isUnreadable` and `isOver` belong to `queue`; the rest is constant or locked.
final class EndpointDelivery: EventFollower, @unchecked Sendable {
    private static let pageSize = 256
    /// Bytes of events after which a page ends.
    private static let pageBytes = 1 << 20
    /// How long events gather before they are looked at, in milliseconds.
    private static let gatheringMilliseconds = 20
    /// Events for others that are passed by before the cursor's file is written.
    private static let passedUnwritten: UInt64 = 10_000

    let endpoint: CustomEndpoint
    private let queue: DispatchQueue
    private let store: EventStore
    private let target: any DeliveryTarget
    private let retry: RetryPolicy
    private let cursor: DeliveryCursor
    private let environment: Environment
    private let report: @Sendable (String) -> Void
    private let filter: EventFilter

    /// The last event that is done with.
    private var position: UInt64
    private var written: UInt64
    /// Whether a page is being read or delivered, or waits to be tried again.
    private var isBusy = false
    /// Whether the store could not be read when it was last tried.
    private var isUnreadable = false
    /// Whether its cursor may be another delivery's by now.
    private var isOver = false
    private let isScheduled = Atomic(false)
    private let isStopped = Atomic(false)
    private let state = Mutex(EndpointHealth())

    /// Begins at once, behind what it had delivered when it last stopped.
    init(
        to endpoint: CustomEndpoint, _ target: any DeliveryTarget, _ retry: RetryPolicy, _ cursor: DeliveryCursor,
        from store: EventStore,
        environment: Environment, report: @escaping @Sendable (String) -> Void
    ) {
        self.endpoint = endpoint
        self.store = store
        self.target = target
        self.retry = retry
        self.cursor = cursor
        self.environment = environment
        self.report = report
        filter = EventFilter(endpoint: endpoint.name)
        queue = DispatchQueue(label: "twinhub.endpoint.\(endpoint.name)", qos: .utility)
        written = cursor.read() ?? 0
        // A store that has lost its end to a power failure gives its sequences anew.
        position = min(written, store.lastSequence)
        write(position)
        store.follow(self)
        queue.async { self.advance() }
    }

    var health: EndpointHealth { state.withLock { $0 } }

    func eventsArrived() {
        guard !isScheduled.exchange(true, ordering: .acquiringAndReleasing) else { return }
        queue.asyncAfter(deadline: .now() + .milliseconds(Self.gatheringMilliseconds)) {
            self.isScheduled.store(false, ordering: .releasing)
            self.advance()
        }
    }

    /// Delivers no further page. What is in flight may still arrive.
    func stop() {
        isStopped.store(true, ordering: .relaxed)
        store.unfollow(self)
        // Twice, so that what a target has answered meanwhile has been noted.
        for _ in 0..<2 { queue.sync { write(position) } }
        queue.sync { isOver = true }
    }

    private func advance() {
        while !isBusy, !isStopped.load(ordering: .relaxed) {
            let page = store.recent(after: position, limit: Self.pageSize)
            guard case .notInMemory = page else {
                guard take(page) else { return }
                continue
            }
            guard position < store.lastSequence else { return }
            isBusy = true
            store.read(after: position, limit: Self.pageSize) { page in
                self.queue.async {
                    self.isBusy = false
                    if self.take(page) { self.advance() }
                }
            }
        }
    }

    /// False where there is nothing more for now.
    private func take(_ page: LogPage<StoredEvent>) -> Bool {
        // It may have been read while the delivery was stopped.
        guard !isStopped.load(ordering: .relaxed) else { return false }
        switch page {
        case .notInMemory: return false
        case .compactedAway(let oldest):
            if position > 0 { report("endpoint '\(endpoint.name)': events before \(oldest) are no longer kept") }
            position = oldest - 1
            return true
        case .unreadable(let reason):
            wait(DeliveryFailure(reason: "the event store cannot be read: \(reason)"))
            return false
        case .events(let events):
            isUnreadable = false
            return take(events)
        }
    }

    /// What cannot be read is tried again as rarely as what fails over and over, however many events arrive meanwhile.
    private func wait(_ failure: DeliveryFailure) {
        state.withLock { $0.failed(failure, at: environment.now()) }
        if !isUnreadable { report("endpoint '\(endpoint.name)': \(failure.reason)") }
        isUnreadable = true
        isBusy = true
        queue.asyncAfter(deadline: .now() + .milliseconds(retry.longestWait)) {
            self.isBusy = false
            self.advance()
        }
    }

    private func take(_ events: [StoredEvent]) -> Bool {
        var messages: [RoutedMessage] = []
        var bytes = 0
        var last = position
        for event in events where bytes < Self.pageBytes {
            last = event.sequence
            guard filter.wants(event), let message = RoutedMessage(event, to: endpoint.name) else { continue }
            messages.append(message)
            bytes += event.footprint
        }
        guard last > position else { return false }
        if messages.isEmpty {
            position = last
            if position - written > Self.passedUnwritten { write(position) }
        } else {
            isBusy = true
            deliver(messages, through: last, failures: 0)
        }
        return true
    }

    private func deliver(_ messages: [RoutedMessage], through last: UInt64, failures: Int) {
        target.deliver(messages) { failure in
            self.queue.async { self.delivered(messages, through: last, failures, failure) }
        }
    }

    private func delivered(
        _ messages: [RoutedMessage], through last: UInt64, _ failures: Int, _ failure: DeliveryFailure?
    ) {
        guard let failure else {
            state.withLock { $0.delivered(messages.count, at: environment.now()) }
            return finish(through: last)
        }
        if failures == 0 { report("endpoint '\(endpoint.name)': \(failure.reason)") }
        guard let wait = retry.wait(afterFailures: failures + 1) else {
            state.withLock { $0.gaveUp(messages.count, failure, at: environment.now()) }
            report("endpoint '\(endpoint.name)': \(messages.count) messages given up")
            return finish(through: last)
        }
        state.withLock { $0.failed(failure, at: environment.now()) }
        queue.asyncAfter(deadline: .now() + .milliseconds(wait)) {
            guard !self.isStopped.load(ordering: .relaxed) else { return }
            self.deliver(messages, through: last, failures: failures + 1)
        }
    }

    private func finish(through last: UInt64) {
        position = last
        write(last)
        isBusy = false
        advance()
    }

    private func write(_ position: UInt64) {
        guard position != written, !isOver else { return }
        cursor.write(position)
        written = position
    }
}
