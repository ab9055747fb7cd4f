import JSON
import Vocabulary

/// What the hub itself tells back ends of a device: that its twin has changed, or that it has come or gone (twins.md section
/// 11, amqp.md section 5.4).
///
/// A busy hub has very many of them. They are stored in the form that this gives them; properties to be looked up are made only
/// where routes look at them.
public struct HubNotification: Sendable {
    public let source: EventSource
    /// `iothub-message-schema`.
    public let schema: String
    /// `opType`.
    public let operation: String
    public let id: TwinID
    public let time: Timestamp
    public let correlation: String
    /// The hub's name.
    public let hub: String
    /// JSON.
    public let body: [UInt8]

    public init(
        _ source: EventSource, schema: String, operation: String, of id: TwinID, at time: Timestamp,
        correlation: String, hub: String, body: [UInt8]
    ) {
        self.source = source
        self.schema = schema
        self.operation = operation
        self.id = id
        self.time = time
        self.correlation = correlation
        self.hub = hub
        self.body = body
    }

    /// The same for those who look into it.
    public var event: DeviceEvent {
        var system: [(name: String, value: String?)] = []
        forEachSystemProperty { system.append(($0.description, $1.text)) }
        var properties: [(name: String, value: String?)] = []
        forEachProperty { properties.append(($0.description, $1.text)) }
        var event = DeviceEvent(
            enqueuedTime: time, source: source, deviceID: id.device, moduleID: id.module,
            systemProperties: EventProperties(differing: system), properties: EventProperties(differing: properties),
            body: body)
        event.isOwnJSON = true
        return event
    }

    /// What one of its properties says.
    enum Value {
        case text(String)
        case time(Timestamp)
        case timeInFull(Timestamp)

        var text: String {
            switch self {
            case .text(let text): text
            case .time(let time): time.description
            case .timeInFull(let time): time.inFull
            }
        }
    }

    /// What the hub says, and what the protocol names; in order.
    @inline(__always)
    func forEachSystemProperty(_ take: (StaticString, Value) -> Void) {
        take("content-type", .text("application/json"))
        take("content-encoding", .text("utf-8"))
        take("correlation-id", .text(correlation))
        take("user-id", .text(hub))
        take("iothub-connection-device-id", .text(id.device))
        if let module = id.module { take("iothub-connection-module-id", .text(module)) }
        take("iothub-enqueuedtime", .time(time))
        take("iothub-message-source", .text(source.messageSource))
    }

    @inline(__always)
    func forEachProperty(_ take: (StaticString, Value) -> Void) {
        take("hubName", .text(hub))
        take("deviceId", .text(id.device))
        if let module = id.module { take("moduleId", .text(module)) }
        take("operationTimestamp", .timeInFull(time))
        take("iothub-message-schema", .text(schema))
        take("opType", .text(operation))
    }
}

extension JSONWriter {
    mutating func value(_ value: HubNotification.Value) {
        switch value {
        case .text(let text): self.value(text)
        case .time(let time): self.value(time, inFull: false)
        case .timeInFull(let time): self.value(time, inFull: true)
        }
    }

    private mutating func value(_ time: Timestamp, inFull: Bool) {
        openText()
        time.append(to: &bytes, inFull: inFull)
        closeText()
    }
}
