import JSON
import Vocabulary

/// An event in the form in which the log keeps it and a reader gets it, made on the thread of whoever brings it, so that
/// the one queue that writes only copies.
struct EncodedEvent: Sendable {
    let time: Timestamp
    let source: EventSource
    /// `{"deviceId","moduleId",["transport",]["hubSequence",]"systemProperties","properties",["endpoints",["enrichments",]]
    /// "body"|"bodyBase64"}`. The id stands first, so that a reader's filter need not parse it.
    let object: [UInt8]

    /// What stands around properties and body, with ids of common length.
    private static let frameBytes = 192

    init(_ event: DeviceEvent, hubSequence: UInt64? = nil) {
        time = event.enqueuedTime
        source = event.source
        let properties = event.systemProperties.writtenBytes + event.properties.writtenBytes
        var json = JSONWriter(capacity: event.body.count + properties + Self.frameBytes)
        json.beginObject()
        Self.write(event.deviceID, event.moduleID, to: &json)
        if let transport = event.transport {
            json.key("transport")
            json.value(transport)
        }
        if let hubSequence {
            json.key("hubSequence")
            json.value(hubSequence)
        }
        json.key("systemProperties")
        event.systemProperties.write(to: &json)
        json.key("properties")
        event.properties.write(to: &json)
        event.routing?.write(to: &json)
        if event.isOwnJSON || event.bodyIsJSON {
            json.key("body")
            json.raw(event.body)
        } else {
            json.key("bodyBase64")
            var text: [UInt8] = [UInt8(ascii: "\"")]
            text.reserveCapacity(event.body.count / 3 * 4 + 6)
            Base64.append(event.body, to: &text)
            text.append(UInt8(ascii: "\""))
            json.raw(text)
        }
        json.endObject()
        object = json.bytes
    }

    /// As the one made of the notification's `event`, without making that.
    init(_ notification: HubNotification, hubSequence: UInt64) {
        time = notification.time
        source = notification.source
        let id = notification.id
        var json = JSONWriter(
            capacity: notification.body.count + Self.notificationBytes + 3 * id.key.utf8.count)
        json.beginObject()
        Self.write(id.device, id.module, to: &json)
        json.key("hubSequence")
        json.value(hubSequence)
        json.key("systemProperties")
        json.beginObject()
        notification.forEachSystemProperty { name, value in
            json.key(name)
            json.value(value)
        }
        json.endObject()
        json.key("properties")
        json.beginObject()
        notification.forEachProperty { name, value in
            json.key(name)
            json.value(value)
        }
        json.endObject()
        json.key("body")
        json.raw(notification.body)
        json.endObject()
        object = json.bytes
    }

    /// What stands around ids and body of a notification.
    private static let notificationBytes = 640

    private static func write(_ device: String, _ module: String?, to json: inout JSONWriter) {
        json.key("deviceId")
        json.value(device)
        json.key("moduleId")
        json.value(module)
    }
}

extension DeviceEvent {
    /// Whether the body is shown as JSON: the sender says that it is, in UTF-8, and it is (mqtt.md section 4). Line breaks
    /// between its tokens become spaces in the log; everything else of its text stays. What the hub itself has written is
    /// not parsed again.
    var bodyIsJSON: Bool {
        guard let type = systemProperties["content-type"], Self.namesJSON(type) else { return false }
        let encoding = systemProperties["content-encoding"]?.lowercased()
        let isUTF8 = encoding == "utf-8" || encoding == "utf8" || (encoding == nil && Self.namesUTF8(type))
        return isUTF8 && (source != .deviceMessages || (try? JSONDocument(parsing: body)) != nil)
    }

    private static func namesJSON(_ type: String) -> Bool {
        type.prefix { $0 != ";" && $0 != " " }.lowercased() == "application/json"
    }

    private static func namesUTF8(_ type: String) -> Bool {
        type.lowercased().filter { $0 != " " && $0 != "\"" }.hasSuffix(";charset=utf-8")
    }
}
