import Endpoints
import HTTP
import Hub
import JSON
import Vocabulary

/// Cloud-to-device messages as back ends send them and empty their queues (rest.md section 15).
///
/// The real service takes messages over AMQP only; until TwinHub speaks that, a path of its own takes them.
enum CloudToDevice {
    static let routes: [Route] =
        Feedback.routes + [
            Route(
                .delete, "/devices/{device}/commands", "CloudToDeviceMessages_PurgeCloudToDeviceMessageQueue",
                .anyOf(.serviceConnect), purge),
            Route(
                .post, "/emulator/devices/{device}/messages", "Emulator_SendCloudToDeviceMessage",
                .anyOf(.serviceConnect), send),
            Route(
                .post, "/emulator/devices/{device}/modules/{module}/messages", "Emulator_SendCloudToModuleMessage",
                .anyOf(.serviceConnect), send),
        ]

    /// 200 with the count; both members always stand there, since .NET requires them.
    private static func purge(_ call: Call) throws(HubError) -> Answer {
        let id = try call.twinID()
        let witness = call.services.witness
        return call.submit(.purgeMessages(id)) { (outcome) throws(HubError) in
            switch outcome {
            case .purged(let count):
                witness?.witnessed(.commandsPurged, of: id)
                var json = JSONWriter()
                json.beginObject()
                json.key("deviceId")
                json.value(id.device)
                json.key("moduleId")
                json.value(id.module)
                json.key("totalMessagesPurged")
                json.value(count)
                json.endObject()
                return .json(json.bytes)
            case .refused(let error): throw error
            default: throw HubError(.serverError, "The purge has no result.")
            }
        }
    }

    /// The body is the message's, its properties are fields as devices send them; `iothub-ack` asks for feedback and
    /// `iothub-expiry` ends the wait. 201 `{"messageId":…,"sequence":n}` once it is durable.
    private static func send(_ call: Call) throws(HubError) -> Answer {
        let id = try call.twinID()
        var draft = MessageDraft(content: MessageContent(of: call.request))
        if let text = call.header("iothub-ack"), !text.isEmpty {
            guard let known = CloudMessage.Acknowledgement(rawValue: text.lowercased()) else {
                throw HubError(.argumentInvalid, "iothub-ack is none, positive, negative or full.")
            }
            draft.acknowledgement = known
        }
        if let text = call.header("iothub-expiry"), !text.isEmpty {
            guard let expiry = Timestamp(text) else { throw HubError(.argumentInvalid, "iothub-expiry is not a time.") }
            draft.expiry = expiry
        }
        let name = draft.content[.messageID] ?? call.requestID.dashed
        draft.content.set(.messageID, name)
        if draft.content[.to] == nil {
            let module = id.module.map { "/modules/\($0)" } ?? ""
            draft.content.set(.to, "/devices/\(id.device)\(module)/messages/deviceBound")
        }
        return call.submit(.enqueueMessage(id, draft)) { (outcome) throws(HubError) in
            let entity = try outcome.entity()
            var json = JSONWriter()
            json.beginObject()
            json.key("messageId")
            json.value(name)
            json.key("sequence")
            json.value(entity.messages.messages.last?.sequence ?? 0)
            json.endObject()
            var response = HTTPResponse.json(json.bytes)
            response.status = 201
            return response
        }
    }
}
