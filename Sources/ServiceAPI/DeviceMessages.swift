import Endpoints
import Events
import HTTP
import Hub
import JSON
import Routing
import Vocabulary

/// Telemetry over HTTPS (rest.md section 16.1). For devices only: the real hub has no such path for modules (16.5).
enum DeviceMessages {
    static let routes: [Route] = [
        Route(.post, "/devices/{device}/messages/events", "Device_SendDeviceEvent", .device, send)
    ]

    /// 204 when the message, or each of a batch, is as durable as `--events-durability` says.
    private static func send(_ call: Call) throws(HubError) -> Answer {
        let id = try call.twinID()
        guard let identity = call.entity()?.identity else { throw .deviceNotFound(id) }
        guard identity.status == .enabled else { throw HubError(.deviceDisabled, "Device \(id) is disabled.") }
        let sender = Telemetry.Sender(
            id, generation: identity.generation, authentication: identity.authentication, by: call.principal.kind)
        let now = call.services.environment.now()
        var events: [DeviceEvent] = []
        var size = 0
        for message in try messages(call) {
            size += message.size
            events.append(
                Telemetry.event(
                    from: sender, at: now, properties: message.properties, application: message.application,
                    body: message.body))
        }
        guard size <= Telemetry.maximumBytes else {
            throw HubError(.messageTooLarge, "A message or batch holds at most \(Telemetry.maximumBytes) bytes.")
        }
        let (responder, services, requestID) = (call.responder, call.services, call.requestID)
        let answer = services.returning { (refusal: EventRefusal?) in
            var response = HTTPResponse(status: 204)
            if let refusal {
                response = ErrorBody.response(refusal.error, requestID: requestID, at: services.environment.now())
            }
            responder.respond(response)
        }
        services.events.append(events, then: answer)
        return .later
    }

    private static func messages(_ call: Call) throws(HubError) -> [DeviceMessage] {
        let type = call.header("content-type")?.lowercased() ?? ""
        guard type.hasPrefix("application/vnd.microsoft.iothub.json") else {
            var message = DeviceMessage(body: Array(call.request.body))
            call.request.headers.forEach { name, value in
                message.set(header: name, String(decoding: value, as: UTF8.self))
            }
            return [message]
        }
        let batch = try call.json().root
        guard batch.kind == .array else { throw HubError(.iotHubFormatError, "A batch is an array of messages.") }
        var messages: [DeviceMessage] = []
        for entry in batch.elements { messages.append(try DeviceMessage(entry)) }
        return messages
    }
}

/// One message as HTTP carries it.
private struct DeviceMessage {
    private static let applicationPrefix = "iothub-app-"

    var body: [UInt8]
    private(set) var properties: [(MessageProperty, String)] = []
    private(set) var application = EventProperties()
    /// Body and properties, in bytes.
    private(set) var size: Int

    init(body: [UInt8]) {
        self.body = body
        size = body.count
    }

    /// An element of a batch: `{"body":"<base64>","properties":{"iothub-app-k":"v"}}`; with `"base64Encoded":false` the body
    /// is plain text.
    init(_ entry: JSONValue) throws(HubError) {
        guard let text = entry["body"]?.string else {
            throw HubError(.iotHubFormatError, "A message of a batch has a 'body'.")
        }
        if entry["base64Encoded"]?.bool ?? true {
            guard let bytes = Base64.decode(text.utf8) else {
                throw HubError(.iotHubFormatError, "The 'body' of a message is not base64.")
            }
            self.init(body: bytes)
        } else {
            self.init(body: Array(text.utf8))
        }
        guard let properties = entry["properties"], !properties.isNull else { return }
        for (name, value) in properties.members {
            guard let text = value.string else {
                throw HubError(.iotHubFormatError, "The property '\(name)' of a message is not a string.")
            }
            set(header: name.lowercased(), text, named: name)
        }
    }

    /// Takes a header in if it is a message's property, by its name in lower case; `original` keeps the sender's spelling
    /// where that is known.
    mutating func set(header: String, _ value: String, named original: String? = nil) {
        if header.hasPrefix(Self.applicationPrefix) {
            let name = String((original ?? header).dropFirst(Self.applicationPrefix.count))
            guard !name.isEmpty else { return }
            application.set(name, value)
            size += name.utf8.count + value.utf8.count
        } else if let property = MessageProperty(headerName: header) {
            properties.append((property, value))
            size += value.utf8.count
        }
    }
}
