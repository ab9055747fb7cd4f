import JSON
import Vocabulary

/// What a device or module has subscribed to, in its protocol's own words; the hub keeps them while it is away and gives
/// them back unread. A Python client never subscribes again after a reconnect, so a session outlives lost links, takeovers
/// and the hub's own end (mqtt.md section 2.4).
public struct DeviceSession: Hashable, Sendable {
    public struct Subscription: Hashable, Sendable {
        public var filter: String
        public var qualityOfService: UInt8

        public init(filter: String, qualityOfService: UInt8) {
            self.filter = filter
            self.qualityOfService = qualityOfService
        }
    }

    /// No SDK subscribes to more than a handful.
    public static let maximumSubscriptions = 50

    /// In the order in which they were made.
    public private(set) var subscriptions: [Subscription] = []

    public init() {}

    /// Adds a subscription, or replaces the one with the same filter. False where there are too many.
    public mutating func subscribe(_ subscription: Subscription) -> Bool {
        if let place = subscriptions.firstIndex(where: { $0.filter == subscription.filter }) {
            subscriptions[place] = subscription
            return true
        }
        guard subscriptions.count < Self.maximumSubscriptions else { return false }
        subscriptions.append(subscription)
        return true
    }

    public mutating func unsubscribe(_ filter: String) { subscriptions.removeAll { $0.filter == filter } }
}

extension DeviceSession {
    /// `[["<filter>",<qos>],…]`.
    func write(to json: inout JSONWriter) {
        json.beginArray()
        for subscription in subscriptions {
            json.beginArray()
            json.value(subscription.filter)
            json.value(subscription.qualityOfService)
            json.endArray()
        }
        json.endArray()
    }

    init(record body: JSONValue) throws(RecordError) {
        for entry in body.elements {
            let parts = Array(entry.elements)
            guard parts.count == 2, let filter = parts[0].string,
                let quality = parts[1].int.flatMap(UInt8.init(exactly:))
            else {
                throw RecordError("session")
            }
            subscriptions.append(Subscription(filter: filter, qualityOfService: quality))
        }
    }
}
