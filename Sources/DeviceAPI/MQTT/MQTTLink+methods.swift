import Hub
import JSON
import MQTT
import Vocabulary

// Direct methods (mqtt.md section 5.4).
extension MQTTLink {
    /// Methods that one client may have under way.
    static let maximumMethods = 1000
    /// Bytes of a response's payload.
    static let maximumMethodPayload = 128 << 10

    func invoke(_ request: MethodRequest) {
        guard case .open(let open) = phase else { return request.answer(.linkLost) }
        guard server.session?.qos(of: .methods, named: request.name) != nil else {
            return request.answer(.notListening)
        }
        guard open.methods.count < Self.maximumMethods else { return request.answer(.tooMany) }
        open.methods[request.id] = request
        var topic: [UInt8] = []
        HubTopic.appendMethod(request.name, requestID: request.id.description, to: &topic)
        publish(topic, request.payload)
        flush()
    }

    /// Nobody waits for the answer any more.
    func forget(_ request: MethodRequest.ID) {
        guard case .open(let open) = phase else { return }
        open.methods[request] = nil
    }

    /// An answer that nobody waits for is passed over; one that is not JSON closes.
    func answered(
        _ status: Int32, _ requestID: UnsafeRawBufferPointer, _ payload: UnsafeRawBufferPointer, _ open: OpenLink
    ) throws(MQTTFailure) {
        guard let number = UInt64(String(decoding: requestID, as: UTF8.self), radix: 16),
            let request = open.methods.removeValue(forKey: MethodRequest.ID(number: number))
        else { return }
        guard payload.count <= Self.maximumMethodPayload,
            payload.isEmpty || (try? JSONDocument(parsing: Array(payload))) != nil
        else {
            request.answer(.linkLost)
            throw .packetTooLong
        }
        request.answer(.answered(status: Int(status), payload: Array(payload)))
    }
}
