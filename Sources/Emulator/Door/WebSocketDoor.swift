import Endpoints
import HTTP
import Vocabulary

/// Where WebSockets are opened, and how a request is answered that does not open one.
enum WebSocketDoor {
    /// What is spoken inside: MQTT, nothing else yet.
    static let subprotocol: StaticString = "mqtt"

    private static let path = "/$iothub/websocket"
    /// AMQP's subprotocol, which the real hub has at the same path.
    private static let amqp = "AMQPWSB10"

    /// Clients put what they like behind the `?`, and some percent-encode the `$`.
    static func isThere(_ raw: UnsafeRawBufferPointer) -> Bool {
        guard raw.count >= path.utf8.count, raw.count <= path.utf8.count + 2 else { return false }
        return PercentCoding.decode(raw)?.elementsEqual(path.utf8) ?? false
    }

    static func answer(
        _ refusal: WebSocketHandshake.Refusal, requestID: RequestID, at time: Timestamp
    ) -> HTTPResponse {
        switch refusal {
        case .badRequest(let reason):
            return ErrorBody.response(HubError(.genericBadRequest, reason), requestID: requestID, at: time)
        case .version:
            let error = HubError(
                ErrorCode(426000, "GenericUpgradeRequired"), "This server speaks WebSocket version 13.")
            var response = ErrorBody.response(error, requestID: requestID, at: time)
            response.fields += [HTTPField("Upgrade", "websocket"), HTTPField("Sec-WebSocket-Version", "13")]
            return response
        case .subprotocol(let offered):
            let error =
                offered.contains(amqp)
                ? HubError(.notImplemented, "TwinHub does not emulate AMQP over WebSockets yet.")
                : HubError(.genericBadRequest, "The subprotocol spoken here is mqtt.")
            return ErrorBody.response(error, requestID: requestID, at: time)
        }
    }
}
