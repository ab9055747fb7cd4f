/// A message for any number of clients, rendered once.
///
/// At QoS 0 ``bytes`` is what every one of them gets: put it into one shared buffer. At QoS 1 only the packet's id
/// differs, and the payload can still be shared.
public struct RenderedPublish: Sendable {
    /// The whole packet at QoS 0.
    public let bytes: [UInt8]
    /// Where the topic's length begins.
    private let topicStart: Int
    private let payloadStart: Int

    /// Nil where the topic is longer than a topic can be.
    public init?(topic: [UInt8], payload: [UInt8]) {
        let rendered = topic.withUnsafeBytes { topic in
            payload.withUnsafeBytes { RenderedPublish(topic: topic, payload: $0) }
        }
        guard let rendered else { return nil }
        self = rendered
    }

    /// Nil where the topic is longer than a topic can be.
    public init?(topic: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer) {
        guard topic.count <= MQTTLimits.fieldBytes else { return nil }
        var bytes: [UInt8] = []
        PacketWriter.append(PublishPacket(topic: topic, payload: payload), to: &bytes)
        self.bytes = bytes
        payloadStart = bytes.count - payload.count
        topicStart = payloadStart - topic.count - 2
    }

    public var topic: ArraySlice<UInt8> { bytes[(topicStart + 2)..<payloadStart] }
    public var payload: ArraySlice<UInt8> { bytes[payloadStart...] }

    /// Appends the packet at QoS 1.
    public func append(packetID: UInt16, isDuplicate: Bool = false, to output: inout [UInt8]) {
        output.reserveCapacity(output.count + bytes.count + 3)
        appendHead(packetID: packetID, isDuplicate: isDuplicate, to: &output)
        output.append(contentsOf: payload)
    }

    /// Appends what stands in front of the payload at QoS 1; ``payload`` has to follow.
    public func appendHead(packetID: UInt16, isDuplicate: Bool = false, to output: inout [UInt8]) {
        let first = PacketType.publish.firstByte | (isDuplicate ? 8 : 0) | QoS.atLeastOnce.rawValue << 1
        PacketWriter.appendHeader(first, bytes.count - topicStart + 2, to: &output)
        output.append(contentsOf: bytes[topicStart..<payloadStart])
        PacketWriter.append(packetID, to: &output)
    }
}
