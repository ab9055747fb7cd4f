import Access
import Defender
import Endpoints
import Events
import HTTP
import Hub
import JSON
import Journal
import Vocabulary

/// A device's security messages as they come, from its own connection and from its modules': by long poll or as a stream.
enum SecurityMessageWatch {
    static let routes: [Route] = [
        Route(
            .get, "/emulator/devices/{device}/security/events", "Emulator_ReadSecurityEvents", .anyOf(.serviceConnect)
        ) { (call) throws(HubError) in
            let device = try call.twinID()
            guard call.hub.entity(device) != nil else { throw .deviceNotFound(device) }
            let filter = SecurityMessageFilter(
                events: EventFilter(
                    source: .deviceMessages, deviceID: device.device, interfaceID: SecurityInterface.id),
                type: call.parameter("type"))
            return try FeedRequest.follow(SecurityMessages.self, call, filter)
        }
    ]
}

/// Which of the stored events are wanted.
struct SecurityMessageFilter {
    let events: EventFilter
    /// The name of an event that a message must hold, such as `Login`; nil for any message.
    let type: String?
}

/// The security messages among the events for back ends.
final class SecurityMessages: Feed {
    static let collection: StaticString = "messages"
    static let name = "message"
    static let title = "The event store"

    private let events: DeviceEvents

    var grown: () -> Void {
        get { events.grown }
        set { events.grown = newValue }
    }

    init(_ services: ShardServices) { events = DeviceEvents(services) }

    var lastSequence: UInt64 { events.lastSequence }

    func recent(after sequence: UInt64, limit: Int) -> LogPage<StoredEvent> {
        events.recent(after: sequence, limit: limit)
    }

    func read(after sequence: UInt64, limit: Int, then answer: @escaping @Sendable (LogPage<StoredEvent>) -> Void) {
        events.read(after: sequence, limit: limit, then: answer)
    }

    func watch(_ isWatching: Bool) { events.watch(isWatching) }

    func wants(_ entry: StoredEvent, _ filter: SecurityMessageFilter) -> Bool {
        guard filter.events.wants(entry) else { return false }
        guard let type = filter.type else { return true }
        return StoredMessage(entry).map { SecurityMessage(stored: $0).events.contains { $0.name == type } } ?? false
    }

    /// `{"sequence","enqueuedTime","deviceId","moduleId","systemProperties","properties","message":{…}}`, the message as
    /// `SecurityMessage` writes it. The body as it was sent stands under the same sequence in `/emulator/events`.
    func write(_ entry: StoredEvent, to json: inout JSONWriter) {
        json.beginObject()
        json.key("sequence")
        json.value(entry.sequence)
        json.key("enqueuedTime")
        json.value(entry.enqueuedTime.description)
        if let stored = StoredMessage(entry) {
            json.key("deviceId")
            json.value(stored.deviceID)
            json.key("moduleId")
            json.value(stored.moduleID)
            json.key("systemProperties")
            json.raw(stored.systemProperties.map { Array($0.raw) } ?? Array("{}".utf8))
            json.key("properties")
            json.raw(stored.properties.map { Array($0.raw) } ?? Array("{}".utf8))
            json.key("message")
            SecurityMessage(stored: stored).write(to: &json)
        }
        json.endObject()
    }
}

extension SecurityMessage {
    init(stored: StoredMessage) {
        self.init(
            reading: stored.body, mti: stored.property("mti"),
            from: stored.moduleID.flatMap(SecurityModule.init(moduleID:)))
    }
}
