import Endpoints
import HTTP
import Hub
import Routing
import Vocabulary

/// Hands a message to a module's input, as edge routing would (mqtt.md section 3.2). A path of TwinHub's own: the real hub
/// leaves this to the edge runtime.
enum ModuleInputs {
    static let routes: [Route] = [
        Route(
            .post, "/emulator/devices/{device}/modules/{module}/inputs/{input}", "Emulator_SendInputMessage",
            .anyOf(.serviceConnect), send)
    ]

    /// 204 once the module has it; 404 `DeviceNotOnline` where it is not connected or does not listen to this input. The
    /// body is the message's, its properties are fields as devices send them.
    private static func send(_ call: Call) throws(HubError) -> Answer {
        let id = try call.twinID()
        guard call.entity() != nil else { throw .moduleNotFound(id) }
        let content = MessageContent(of: call.request)
        guard content.size <= Telemetry.maximumBytes else {
            throw HubError(.messageTooLarge, "A message holds at most \(Telemetry.maximumBytes) bytes.")
        }
        let notListening = HubError(.deviceNotOnline, "The module is not connected, or does not listen to this input.")
        guard let link = call.hub.links.link(id) else { throw notListening }
        let (responder, requestID, services) = (call.responder, call.requestID, call.services)
        let answer = services.returning { (hasArrived: Bool) in
            responder.respond(
                hasArrived
                    ? HTTPResponse(status: 204)
                    : ErrorBody.response(notListening, requestID: requestID, at: services.environment.now()))
        }
        link.deliver(InputMessage(input: call.captures["input"] ?? "", content: content, answer: answer))
        return .later
    }
}
