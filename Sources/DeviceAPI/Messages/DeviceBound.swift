import Endpoints
import HTTP
import Hub
import Vocabulary

/// Cloud-to-device messages as devices receive them over HTTPS (rest.md sections 16.2 and 16.3).
enum DeviceBound {
    static let routes: [Route] = [
        Route(
            .get, "/devices/{device}/messages/deviceBound", "Device_ReceiveDeviceBoundNotification", .device, receive),
        Route(
            .delete, "/devices/{device}/messages/deviceBound/{lock}", "Device_CompleteDeviceBoundNotification", .device,
            completeOrReject),
        Route(
            .post, "/devices/{device}/messages/deviceBound/{lock}/abandon", "Device_AbandonDeviceBoundNotification",
            .device, abandon),
    ]

    /// How long a device may ask to hold a message, in seconds.
    private static let lockSeconds = 1...300

    /// The oldest message that nobody holds; 204 where there is none.
    private static func receive(_ call: Call) throws(HubError) -> Answer {
        let id = try call.twinID()
        let asked = (call.header("iothub-messagelocktimeout") ?? call.parameter("iothub-messagelocktimeout"))
            .flatMap { Int($0) }
        let seconds = asked.map { min(max($0, lockSeconds.lowerBound), lockSeconds.upperBound) }
        let limits = call.hub.limits
        return call.submit(.lockMessage(id, seconds: seconds ?? limits.messageLockSeconds)) {
            (outcome) throws(HubError) in
            switch outcome {
            case .message(.none): return HTTPResponse(status: 204)
            case .message(.some(let message)): return response(message)
            case .refused(let error): throw error
            default: throw HubError(.serverError, "There is no message to show.")
            }
        }
    }

    /// The lock's token stands in `ETag`, quoted: C and Node cut off its first and last character.
    private static func response(_ message: CloudMessage) -> HTTPResponse {
        var response = HTTPResponse(status: 200)
        response.contentType = "application/octet-stream"
        response.body = message.content.body
        response.fields = message.content.headerFields
        response.fields += [
            HTTPField("ETag", "\"\(message.lock?.token ?? "")\""),
            HTTPField("iothub-expiry", message.expiry.description),
            HTTPField("iothub-ack", message.acknowledgement.rawValue),
            HTTPField("iothub-sequencenumber", String(message.sequence)),
            HTTPField("iothub-enqueuedtime", message.enqueuedTime.description),
            HTTPField("iothub-deliverycount", String(message.deliveryCount)),
        ]
        return response
    }

    /// `?reject`, with a value or without, rejects.
    private static func completeOrReject(_ call: Call) throws(HubError) -> Answer {
        try settle(call, call.parameter("reject") == nil ? .complete : .reject)
    }

    private static func abandon(_ call: Call) throws(HubError) -> Answer { try settle(call, .abandon) }

    private static func settle(_ call: Call, _ settlement: MessageSettlement) throws(HubError) -> Answer {
        let lock = call.captures["lock"] ?? ""
        return call.submit(.settleMessage(try call.twinID(), .lock(lock), settlement)) { (outcome) throws(HubError) in
            if case .refused(let error) = outcome { throw error }
            return HTTPResponse(status: 204)
        }
    }
}
