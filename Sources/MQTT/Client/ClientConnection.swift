/// A client's side of one MQTT connection, without its socket: for simulated devices and the load generator. What is to
/// be sent is appended to the owner's bytes; times are milliseconds of the owner's monotonic clock.
public struct ClientConnection: Sendable {
    private enum Phase { case idle, connecting, open, closed }

    /// What waits for an acknowledgement.
    private enum Request { case publish, subscribe, unsubscribe }

    /// Whether messages at QoS 1 are acknowledged as they come; without it ``acknowledge(_:into:)`` is the owner's.
    public var acknowledgesByItself = true

    private let reader: PacketReader
    private var phase = Phase.idle
    private var ids = PacketIDs()
    /// In the order in which they were sent, which is that of their answers as a rule.
    private var requests: [(packetID: UInt16, Request)] = []
    private var keepAliveMilliseconds: UInt64 = 0
    private var sentAt: UInt64 = 0
    /// When a PINGREQ went out that has no answer yet.
    public private(set) var pingedAt: UInt64?

    public init(_ limits: MQTTLimits = .standard) { reader = PacketReader(limit: limits.packetBytes) }

    /// Whether the server has accepted the client.
    public var isOpen: Bool { phase == .open }

    /// Messages and requests that the server has not acknowledged.
    public var unacknowledged: Int { requests.count }

    /// When a PINGREQ has to go out, so that the server does not lose patience [MQTT-3.1.2-23]; nil where it has none.
    public var pingDue: UInt64? {
        keepAliveMilliseconds == 0 || phase != .open ? nil : sentAt + keepAliveMilliseconds
    }

    // MARK: Sending

    public mutating func connect(_ packet: ConnectPacket, now: UInt64, into output: inout [UInt8]) {
        PacketWriter.append(packet, to: &output)
        keepAliveMilliseconds = UInt64(packet.keepAlive) * 1000
        phase = .connecting
        sentAt = now
    }

    /// - Returns: the packet id that the answer will have.
    public mutating func subscribe(
        _ filters: [(filter: String, qos: QoS)], now: UInt64, into output: inout [UInt8]
    ) -> UInt16 {
        let packetID = begin(.subscribe, now)
        PacketWriter.appendSubscribe(packetID, filters, to: &output)
        return packetID
    }

    /// - Returns: the packet id that the answer will have.
    public mutating func unsubscribe(_ filters: [String], now: UInt64, into output: inout [UInt8]) -> UInt16 {
        let packetID = begin(.unsubscribe, now)
        PacketWriter.appendUnsubscribe(packetID, filters, to: &output)
        return packetID
    }

    /// Publishes at QoS 0.
    public mutating func publish(_ message: RenderedPublish, now: UInt64, into output: inout [UInt8]) {
        sentAt = now
        output.append(contentsOf: message.bytes)
    }

    /// Publishes at QoS 1. How many messages may be under way is the owner's choice, below 65,535.
    ///
    /// - Returns: the packet id that ``ClientEvent/published(_:)`` will have.
    public mutating func publishAcknowledged(
        _ message: RenderedPublish, now: UInt64, into output: inout [UInt8]
    ) -> UInt16 {
        let packetID = begin(.publish, now)
        message.append(packetID: packetID, to: &output)
        return packetID
    }

    public mutating func acknowledge(_ packetID: UInt16, into output: inout [UInt8]) {
        PacketWriter.appendPuback(packetID, to: &output)
    }

    public mutating func ping(now: UInt64, into output: inout [UInt8]) {
        PacketWriter.appendPingreq(to: &output)
        sentAt = now
        pingedAt = now
    }

    /// The last word; the connection is to be closed when it has been sent.
    public mutating func disconnect(into output: inout [UInt8]) {
        PacketWriter.appendDisconnect(to: &output)
        phase = .closed
    }

    private mutating func begin(_ request: Request, _ now: UInt64) -> UInt16 {
        sentAt = now
        let packetID = ids.next { id in requests.contains { $0.packetID == id } }
        requests.append((packetID, request))
        return packetID
    }

    // MARK: Receiving

    /// Takes the packet at the beginning of the bytes.
    ///
    /// - Returns: what it says and how many bytes it has; nil where there is no whole packet.
    /// - Throws: where the server does not speak MQTT 3.1.1; the connection is to be closed.
    public mutating func receive(
        _ bytes: UnsafeRawBufferPointer, into output: inout [UInt8]
    ) throws(MQTTFailure) -> (event: ClientEvent, count: Int)? {
        guard phase != .closed, let (packet, count) = try reader.read(bytes) else { return nil }
        do throws(MQTTFailure) {
            return (try perform(packet, into: &output), count)
        } catch {
            phase = .closed
            throw error
        }
    }

    private mutating func perform(_ packet: Packet, into output: inout [UInt8]) throws(MQTTFailure) -> ClientEvent {
        guard phase == .open else {
            // The first packet of a server is a CONNACK [MQTT-3.2.0-1].
            guard phase == .connecting, case .connack(let isSessionPresent, let code) = packet else {
                throw .packetUnexpected
            }
            phase = code == .accepted ? .open : .closed
            return code == .accepted ? .connected(isSessionPresent: isSessionPresent) : .refused(code)
        }
        switch packet {
        case .publish(let message):
            guard message.qos != .exactlyOnce else { throw .exactlyOnce }
            if message.qos == .atLeastOnce, acknowledgesByItself { acknowledge(message.packetID, into: &output) }
            return .message(message)
        case .puback(let packetID):
            try settle(packetID, .publish)
            return .published(packetID)
        case .suback(let packetID, let codes):
            try settle(packetID, .subscribe)
            return .subscribed(packetID, codes: codes)
        case .unsuback(let packetID):
            try settle(packetID, .unsubscribe)
            return .unsubscribed(packetID)
        case .pingresp:
            pingedAt = nil
            return .none
        case .connect, .connack, .pubrec, .pubrel, .pubcomp, .subscribe, .unsubscribe, .pingreq, .disconnect:
            throw .packetUnexpected
        }
    }

    private mutating func settle(_ packetID: UInt16, _ request: Request) throws(MQTTFailure) {
        guard let index = requests.firstIndex(where: { $0.packetID == packetID && $0.1 == request }) else {
            throw .acknowledgementUnknown
        }
        requests.remove(at: index)
    }
}
