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
        let sender = Telemetry.Sender(identity, by: call.principal.kind)
        let now = call.services.environment.now()
        var events: [DeviceEvent] = []
        var size = 0
        for message in try messages(call) {
            size += message.size
            var event = Telemetry.event(message, from: sender, at: now)
            event.transport = "http"
            events.append(event)
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

    private static func messages(_ call: Call) throws(HubError) -> [MessageContent] {
        let type = call.header("content-type")?.lowercased() ?? ""
        guard type.hasPrefix("application/vnd.microsoft.iothub.json") else {
            return [MessageContent(of: call.request)]
        }
        let batch = try call.json().root
        guard batch.kind == .array else { throw HubError(.iotHubFormatError, "A batch is an array of messages.") }
        var messages: [MessageContent] = []
        for entry in batch.elements { messages.append(try message(entry)) }
        return messages
    }

    /// An element of a batch: `{"body":"<base64>","properties":{"iothub-app-k":"v"}}`; with `"base64Encoded":false` the body
    /// is plain text.
    private static func message(_ entry: JSONValue) throws(HubError) -> MessageContent {
        guard let text = entry["body"]?.string else {
            throw HubError(.iotHubFormatError, "A message of a batch has a 'body'.")
        }
        var content = MessageContent(body: Array(text.utf8))
        if entry["base64Encoded"]?.bool ?? true {
            guard let bytes = Base64.decode(text.utf8) else {
                throw HubError(.iotHubFormatError, "The 'body' of a message is not base64.")
            }
            content.body = bytes
        }
        guard let properties = entry["properties"], !properties.isNull else { return content }
        for (name, value) in properties.members {
            guard let text = value.string else {
                throw HubError(.iotHubFormatError, "The property '\(name)' of a message is not a string.")
            }
            content.set(header: name.lowercased(), text, named: name)
        }
        return content
    }
}
