/// What a topic of IoT Hub means to a client, for clients of our own (mqtt.md section 3.2). Views are those of the topic.
public enum ServerTopic {
    /// The answer to a twin read or a reported patch; the version only where a patch was accepted.
    case twinResponse(status: Int, requestID: UnsafeRawBufferPointer, version: Int64?)
    case desiredPatch(version: Int64)
    case method(name: UnsafeRawBufferPointer, requestID: UnsafeRawBufferPointer)
    /// A cloud-to-device message, a module's input, or a topic of a broker that is no hub.
    case other

    /// Throws where the topic begins like one of the hub's own and does not go on so.
    public init(_ topic: UnsafeRawBufferPointer) throws(MQTTFailure) {
        var rest = TopicCursor(topic)
        guard rest.skip("$iothub/") else {
            self = .other
            return
        }
        if rest.skip("twin/res/") {
            guard let status = rest.number(before: UInt8(ascii: "/")) else { throw .topicNumber }
            let query = try TopicQuery(rest)
            guard let requestID = query.requestID else { throw .requestIDMissing }
            self = .twinResponse(status: Int(status), requestID: requestID, version: query.version)
        } else if rest.skip("twin/PATCH/properties/desired/") {
            guard let version = try TopicQuery(rest).version else { throw .topicNumber }
            self = .desiredPatch(version: version)
        } else if rest.skip("methods/POST/") {
            guard let slash = rest.bytes.firstIndex(of: UInt8(ascii: "/")) else { throw .topicUnknown }
            let name = UnsafeRawBufferPointer(rebasing: rest.bytes[..<slash])
            let query = try TopicQuery(TopicCursor(UnsafeRawBufferPointer(rebasing: rest.bytes[(slash + 1)...])))
            guard let requestID = query.requestID else { throw .requestIDMissing }
            self = .method(name: name, requestID: requestID)
        } else {
            throw .topicUnknown
        }
    }
}
