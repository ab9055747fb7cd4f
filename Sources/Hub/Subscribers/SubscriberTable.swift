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

    /// Hands each subscriber what concerns it: answers by number, changes by bits, events to the feed's watchers.
    func deliver(_ answers: [Answer], _ notices: [EntityIndex.Notice], _ events: [RecordedEvent]) {
        let (subscribers, feedWatchers) = state.withLock { ($0.subscribers, $0.feedWatchers) }
        // Most numbers are nobody's.
        let count = (subscribers.lastIndex { $0 != nil } ?? -1) + 1
        var deliveries = [Delivery](repeating: Delivery(), count: count)
        for answer in answers where answer.subscriber.number < count {
            deliveries[answer.subscriber.number].outcomes.append((answer.token, answer.outcome))
        }
        for notice in notices {
            for number in BitSet(notice.subscribers) where number < count {
                deliveries[number].changes.append((notice.id, notice.entity))
            }
        }
        if !events.isEmpty {
            for number in BitSet(feedWatchers) where number < count { deliveries[number].events = events }
        }
        for (number, delivery) in deliveries.enumerated() where !delivery.isEmpty {
            subscribers[number]?.deliver(delivery)
        }
    }
}

/// The numbers of the bits that are set in a word.
private struct BitSet: Sequence, IteratorProtocol {
    private var rest: UInt64

    init(_ word: UInt64) { rest = word }

    mutating func next() -> Int? {
        guard rest != 0 else { return nil }
        defer { rest &= rest - 1 }
        return rest.trailingZeroBitCount
    }
}
