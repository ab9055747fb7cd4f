import Dispatch
import Synchronization
import Vocabulary

/// A party that submits commands and is told of changes. The hub calls it on the writer's queue, so it must do no more
/// than hand the delivery over to where its owner lives.
public protocol HubSubscriber: AnyObject, Sendable {
    func deliver(_ delivery: Delivery)
}

/// What one batch means to one subscriber.
public struct Delivery: Sendable {
    /// Answers to its commands, by the tokens it gave.
    public var outcomes: [(token: UInt64, outcome: Outcome)] = []
    /// Watched entities that have changed; nil where one was deleted.
    public var changes: [(id: TwinID, entity: Entity?)] = []
    /// Every event of the batch, for subscribers of the feed.
    public var events: [RecordedEvent] = []

    var isEmpty: Bool { outcomes.isEmpty && changes.isEmpty && events.isEmpty }
}

/// Names a subscriber.
public struct SubscriberID: Hashable, Sendable { let number: Int }

/// A command on its way to the writer.
public struct Submission: Sendable {
    public let subscriber: SubscriberID
    /// The subscriber's own name for it.
    public let token: UInt64
    public let command: Command
    public let origin: Origin

    public init(subscriber: SubscriberID, token: UInt64, command: Command, origin: Origin) {
        self.subscriber = subscriber
        self.token = token
        self.command = command
        self.origin = origin
    }
}

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
            for notice in notices where notice.subscribers & bit != 0 { delivery.changes.append((notice.id, notice.entity)) }
            if feedWatchers & bit != 0 { delivery.events = events }
            if !delivery.isEmpty { subscriber.deliver(delivery) }
        }
    }
}

/// Waits for the outcome of one command.
final class BlockingSubscriber: HubSubscriber {
    private let outcome = Mutex<Outcome?>(nil)
    private let arrived = DispatchSemaphore(value: 0)

    func deliver(_ delivery: Delivery) {
        guard let first = delivery.outcomes.first else { return }
        outcome.withLock { $0 = first.outcome }
        arrived.signal()
    }

    func wait() -> Outcome {
        arrived.wait()
        return outcome.withLock { $0 } ?? .refused(HubError(.serverError, "no outcome"))
    }
}
