import Vocabulary

/// What a client says with the topic of a PUBLISH (mqtt.md section 3.1). The views are valid as long as the topic.
public enum ClientTopic {
    /// A device-to-cloud message, of the device or module that is connected; with its property bag, unread.
    case telemetry(bag: UnsafeRawBufferPointer)
    case twinRead(requestID: UnsafeRawBufferPointer)
    /// A merge patch for the reported properties. Without a request id it gets no answer; with a version it is refused
    /// where the reported section has another.
    case reportedPatch(requestID: UnsafeRawBufferPointer?, version: Int64?)
    case methodResponse(status: Int32, requestID: UnsafeRawBufferPointer)

    /// Throws where the topic means nothing, which closes the connection (mqtt.md section 6).
    ///
    /// Ids have to equal those of the client byte for byte; they may hold wildcards, which the standard forbids
    /// anywhere else in a topic name [MQTT-3.3.2-2].
    public init(_ topic: UnsafeRawBufferPointer, of identity: TwinID) throws(MQTTFailure) {
        var rest = TopicCursor(topic)
        if rest.skip("devices/") {
            self = .telemetry(bag: try Self.bag(&rest, of: identity))
        } else {
            guard !rest.hasWildcard else { throw .topicWildcard }
            guard rest.skip("$iothub/") else { throw .topicUnknown }
            if rest.skip("twin/PATCH/properties/reported/") {
                let query = try TopicQuery(rest)
                self = .reportedPatch(requestID: query.requestID, version: query.version)
            } else if rest.skip("twin/GET/") {
                guard let requestID = try TopicQuery(rest).requestID else { throw .requestIDMissing }
                self = .twinRead(requestID: requestID)
            } else if rest.skip("methods/res/") {
                guard let status = rest.number(before: UInt8(ascii: "/")).flatMap(Int32.init(exactly:)) else {
                    throw .topicNumber
                }
                guard let requestID = try TopicQuery(rest).requestID else { throw .requestIDMissing }
                self = .methodResponse(status: status, requestID: requestID)
            } else {
                throw .topicUnknown
            }
        }
    }

    private static func bag(
        _ rest: inout TopicCursor, of identity: TwinID
    ) throws(MQTTFailure) -> UnsafeRawBufferPointer {
        // A key is `device` or `device/module`; a topic has `/modules/` where a key has `/`.
        let key = identity.key
        guard rest.skip(identity: key) else {
            throw rest.hasWildcard ? .topicWildcard : .topicForeign
        }
        guard !rest.hasWildcard else { throw .topicWildcard }
        guard rest.skip("/messages/events") else {
            // A device that speaks for its module, or a module for its device, is a stranger too.
            throw !identity.isModule && rest.skip("/modules/") ? .topicForeign : .topicUnknown
        }
        guard rest.isAtEnd || rest.skip("/") else { throw .topicUnknown }
        return rest.bytes
    }
}
