import MQTT
import Reactor
import Vocabulary

// What a ready client can do. Before that nothing is sent.
extension SimulatedClient {
    /// Messages at QoS 1 that may be sent now.
    public var openWindow: Int { isReady ? max(settings.window - link.unacknowledged, 0) : 0 }

    /// Sends a message at QoS 1; false where the window is full, or there is no connection.
    @discardableResult
    public func publish(_ message: RenderedPublish) -> Bool {
        guard openWindow > 0 else { return false }
        let packetID = link.publishAcknowledged(message, now: shard.uptimeMilliseconds, into: &output)
        if timed == nil { timed = (packetID, MonotonicClock.nanoseconds) }
        counts.published += 1
        flush()
        return true
    }

    /// Asks for the whole twin.
    ///
    /// - Returns: the id of the request, which the answer bears; nil where there is no connection.
    public func readTwin() -> String? { request("$iothub/twin/GET/", []) }

    /// Reports properties: a JSON merge patch.
    ///
    /// - Returns: the id of the request, which the answer bears; nil where there is no connection.
    public func report(_ patch: [UInt8]) -> String? { request("$iothub/twin/PATCH/properties/reported/", patch) }

    /// Answers a direct method.
    public func answer(method requestID: String, status: Int, _ payload: [UInt8]) {
        _ = publish("$iothub/methods/res/\(status)/?$rid=\(requestID)", payload)
    }

    private func request(_ topic: String, _ payload: [UInt8]) -> String? {
        lastRequest += 1
        let requestID = String(lastRequest, radix: 16)
        return publish("\(topic)?$rid=\(requestID)", payload) ? requestID : nil
    }

    /// At QoS 0, as all traffic of twins and methods is (mqtt.md section 3.2).
    private func publish(_ topic: String, _ payload: [UInt8]) -> Bool {
        guard isReady, let message = RenderedPublish(topic: Array(topic.utf8), payload: payload) else { return false }
        link.publish(message, now: shard.uptimeMilliseconds, into: &output)
        flush()
        return true
    }
}
