import Events
import Hub
import Vocabulary

/// What every event carries that the hub itself writes, and what names the device of every event (twins.md section 11,
/// amqp.md section 5.4).
enum EventMarks {
    /// The system properties that name source, device and time.
    static func source(
        _ source: EventSource, of id: TwinID, at time: Timestamp, to properties: inout EventProperties
    ) {
        properties.set("iothub-connection-device-id", id.device)
        if let module = id.module { properties.set("iothub-connection-module-id", module) }
        properties.set("iothub-enqueuedtime", time.description)
        properties.set("iothub-message-source", source.messageSource)
    }

    /// An event of the hub's own with a JSON body.
    static func notification(
        _ source: EventSource, schema: String, operation: String, of id: TwinID, at time: Timestamp,
        correlation: String, body: [UInt8]
    ) -> DeviceEvent {
        var system: EventProperties = [
            "content-type": "application/json", "content-encoding": "utf-8", "correlation-id": correlation,
            "user-id": HubName.name,
        ]
        self.source(source, of: id, at: time, to: &system)
        var properties: EventProperties = ["hubName": HubName.name, "deviceId": id.device]
        if let module = id.module { properties.set("moduleId", module) }
        properties.set("operationTimestamp", time.withSevenDigits)
        properties.set("iothub-message-schema", schema)
        properties.set("opType", operation)
        var event = DeviceEvent(
            enqueuedTime: time, source: source, deviceID: id.device, moduleID: id.module, systemProperties: system,
            properties: properties, body: body)
        event.isOwnJSON = true
        return event
    }
}

extension Timestamp {
    /// With all seven fractional digits, as `operationTimestamp` has them.
    var withSevenDigits: String {
        let second = ticks / Timestamp.ticksPerSecond * Timestamp.ticksPerSecond
        var text: [UInt8] = []
        Timestamp(ticks: second).append(to: &text)
        text.removeLast()
        text.append(UInt8(ascii: "."))
        text.append(decimal: ticks - second, width: 7)
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }
}
