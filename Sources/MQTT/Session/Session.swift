import Vocabulary

/// What a client and the hub share beyond one connection (MQTT 3.1.1 section 4.1): the subscriptions, and the messages
/// that the client has not acknowledged yet.
public struct Session: Sendable {
    public let identity: TwinID
    /// In the order in which they were made.
    public private(set) var subscriptions: [Subscription] = []
    /// Everything that is open by any of the subscriptions.
    public private(set) var feeds = Feeds()
    public internal(set) var deliveries = Deliveries()

    public init(of identity: TwinID) { self.identity = identity }

    // MARK: Subscriptions

    /// Opens what the filter opens; a filter that is there already gets a new QoS [MQTT-3.8.4-3].
    ///
    /// - Returns: the QoS granted, 1 at most (mqtt.md section 3.3); nil where the filter opens nothing, or `limit`
    ///   subscriptions are there.
    mutating func subscribe(_ text: UnsafeRawBufferPointer, _ requested: QoS, limit: Int) -> QoS? {
        guard let filter = TopicFilter(text, of: identity) else { return nil }
        let subscription = Subscription(filter: filter, qos: min(requested, .atLeastOnce))
        if let index = subscriptions.firstIndex(where: { $0.filter == filter }) {
            subscriptions[index] = subscription
        } else {
            guard subscriptions.count < limit else { return nil }
            subscriptions.append(subscription)
        }
        feeds.formUnion(filter.feeds)
        return subscription.qos
    }

    /// Filters are compared as they were written, character by character [MQTT-3.10.4-1].
    ///
    /// - Returns: whether it was there.
    mutating func unsubscribe(_ text: UnsafeRawBufferPointer) -> Bool {
        guard let index = subscriptions.firstIndex(where: { text.elementsEqual($0.filter.text.utf8) }) else {
            return false
        }
        subscriptions.remove(at: index)
        feeds = subscriptions.reduce(into: Feeds()) { $0.formUnion($1.filter.feeds) }
        return true
    }

    /// The QoS of a feed, or of one method or input of it: the highest that any filter was granted [MQTT-3.3.5-1]. Nil
    /// where the client has not subscribed to it.
    public func qos(of feed: Feeds, named name: String? = nil) -> QoS? {
        guard feeds.contains(feed) else { return nil }
        return subscriptions.lazy.filter { $0.filter.opens(feed, named: name) }.map(\.qos).max()
    }

    // MARK: Deliveries

    /// Forgets the deliveries whose messages the owner no longer has.
    public mutating func keepDeliveries(where isKnown: (UInt64) -> Bool) { deliveries.keep(where: isKnown) }

    // MARK: As text

    /// The subscriptions to keep, one a line: the QoS, a space, the filter.
    public var text: String { subscriptions.map { "\($0.qos.rawValue) \($0.filter.text)\n" }.joined() }

    /// A session as it was kept. Nil where the text does not hold subscriptions of this client.
    public init?(text: String, of identity: TwinID) {
        self.init(of: identity)
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            let filter = Array(line.dropFirst(2))
            guard let qos = line.first.flatMap({ QoS(rawValue: $0 &- UInt8(ascii: "0")) }), qos <= .atLeastOnce,
                line.dropFirst().first == UInt8(ascii: " "),
                filter.withUnsafeBytes({ subscribe($0, qos, limit: .max) }) != nil
            else { return nil }
        }
    }
}
