import Events
import JSON
import Routing
import Vocabulary

/// An event on its way to an endpoint, with the properties that are meant for it.
struct RoutedMessage: Sendable {
    let sequence: UInt64
    let enqueuedTime: Timestamp
    let properties: [(name: String, value: String?)]
    private let stored: StoredMessage

    /// Nil for what does not go there.
    init?(_ event: StoredEvent, to endpoint: String) {
        guard let stored = StoredMessage(event), stored.endpoints?.contains(endpoint) == true else { return nil }
        sequence = event.sequence
        enqueuedTime = event.enqueuedTime
        properties = stored.properties(for: endpoint)
        self.stored = stored
    }

    /// `{"EnqueuedTimeUtc","Properties","SystemProperties","Body"}`, as the real hub's storage endpoint writes it in its JSON
    /// encoding: the body is JSON where the message says so, and base64 else.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("EnqueuedTimeUtc")
        json.value(enqueuedTime.description)
        json.key("Properties")
        json.beginObject()
        for (name, value) in properties {
            json.key(name)
            json.value(value)
        }
        json.endObject()
        json.key("SystemProperties")
        json.beginObject()
        for (name, value) in stored.systemProperties?.members.map({ $0 }) ?? [] {
            json.key(SystemPropertyName.routed(name))
            json.raw(value.raw)
        }
        json.endObject()
        json.key("Body")
        if stored.bodyIsJSON { json.raw(stored.body) } else { json.value(Base64.encode(stored.body)) }
        json.endObject()
    }
}
