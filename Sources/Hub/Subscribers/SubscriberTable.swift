import Synchronization

/// Names a subscriber.
public struct SubscriberID: Hashable, Sendable { let number: Int }

/// Who is to be told. At most 64, since a key's watchers are kept as one bit each.
final class SubscriberTable: Sendable {
    static let limit = 64

    private struct State {
        var subscribers: [(any HubSubscriber)?] = Array(repeating: nil, count: limit)
        var feedWatchers: UInt64 = 0
    }

    private let state = Mutex(State())

    func add(_ subscriber: any HubSubscriber) -> SubscriberID {
        state.withLock { state in
            guard let free = state.subscribers.firstIndex(where: { $0 == nil }) else {
                preconditionFailure("more than \(Self.limit) subscribers: shards are at most \(Self.limit - 8)")
            }
            state.subscribers[free] = subscriber
            return SubscriberID(number: free)
        }
    }

    func remove(_ id: SubscriberID) {
        state.withLock { state in
            state.subscribers[id.number] = nil
            state.feedWatchers &= ~(1 << UInt64(id.number))
        }
    }

    func watchFeed(_ id: SubscriberID, _ isWatching: Bool) {
        state.withLock { state in
            let bit: UInt64 = 1 << UInt64(id.number)
            if isWatching { state.feedWatchers |= bit } else { state.feedWatchers &= ~bit }
        }
    }

    /// Hands each subscriber what concerns it: outcomes by number, changes by bits, events to the feed's watchers.
    func deliver(_ outcomes: [Int: [(UInt64, Outcome)]], _ notices: [EntityIndex.Notice], _ events: [RecordedEvent]) {
        let (subscribers, feedWatchers) = state.withLock { ($0.subscribers, $0.feedWatchers) }
        for (number, subscriber) in subscribers.enumerated() {
            guard let subscriber else { continue }
            let bit: UInt64 = 1 << UInt64(number)
            var delivery = Delivery()
            if let own = outcomes[number] { delivery.outcomes = own.map { (token: $0.0, outcome: $0.1) } }
            for notice in notices where notice.subscribers & bit != 0 {
                delivery.changes.append((notice.id, notice.entity))
            }
            if feedWatchers & bit != 0 { delivery.events = events }
            if !delivery.isEmpty { subscriber.deliver(delivery) }
        }
    }
}
