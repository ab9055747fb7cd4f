import Vocabulary

/// The hub's side of one MQTT connection, without its socket: what comes in becomes events, what goes out is appended to
/// the owner's bytes. Times are milliseconds of the owner's monotonic clock.
///
/// The owner offers received bytes to ``receive(_:now:into:)`` until it gives nil, performs each event, sends what was
/// appended, checks ``deadline``, and in the end calls ``end()``.
public struct ServerConnection: Sendable {
    private enum Phase {
        case awaitingConnect
        /// The owner has a CONNECT to judge.
        case deciding(Candidate)
        case open
        case closed
    }

    private struct Candidate: Sendable {
        let identity: TwinID
        let isClean: Bool
        let keepAlive: UInt16
        let will: Will?
    }

    private let limits: MQTTLimits
    private var phase = Phase.awaitingConnect
    /// Of the client that is connected; nil before.
    public private(set) var session: Session?
    private var isClean = true
    private var will: Will?
    private var tickets = PublishTickets()
    /// How long a client may be silent.
    private var silenceMilliseconds: UInt64 = 0
    /// When the owner has to close, on its clock: no CONNECT has come, or nothing within the keep-alive
    /// [MQTT-3.1.2-24].
    public private(set) var deadline: UInt64

    public init(now: UInt64, _ limits: MQTTLimits = .standard) {
        self.limits = limits
        deadline = now + UInt64(limits.connectMilliseconds)
    }

    /// Whether a client is connected.
    public var isOpen: Bool { if case .open = phase { true } else { false } }

    /// Whether what comes has to wait: for the owner's judgement on a CONNECT, or for acknowledgements that it owes.
    public var isWaiting: Bool {
        switch phase {
        case .deciding: true
        case .awaitingConnect, .open, .closed: tickets.count >= limits.unacknowledged
        }
    }

    // MARK: Receiving

    /// Takes the packet at the beginning of the bytes.
    ///
    /// - Returns: what the packet asks of the owner, and how many bytes it has; nil where there is no whole packet or it
    ///   has to wait (``isWaiting``).
    /// - Throws: why the connection is to be closed, after what has been appended was sent.
    public mutating func receive(
        _ bytes: UnsafeRawBufferPointer, now: UInt64, into output: inout [UInt8]
    ) throws(MQTTFailure) -> (event: ServerEvent, count: Int)? {
        guard !isWaiting else { return nil }
        do throws(MQTTFailure) {
            switch phase {
            case .awaitingConnect:
                // Who speaks another protocol is not waited for.
                guard let first = bytes.first else { return nil }
                guard first >> 4 == PacketType.connect.rawValue else { throw .connectMissing }
                guard case (.connect(let packet), let count)? = try PacketReader(limit: limits.connectBytes).read(bytes)
                else { return nil }
                return (.connect(try judge(packet)), count)
            case .open:
                guard let (packet, count) = try PacketReader(limit: limits.packetBytes).read(bytes) else { return nil }
                deadline = now + silenceMilliseconds
                return (try perform(packet, into: &output), count)
            case .deciding, .closed: return nil
            }
        } catch {
            if let answer = error.answer, case .awaitingConnect = phase {
                PacketWriter.appendConnack(answer, to: &output)
            }
            phase = .closed
            throw error
        }
    }

    private mutating func judge(_ packet: ConnectPacket) throws(MQTTFailure) -> ConnectRequest {
        guard !packet.clientID.isEmpty else { throw .clientIDEmpty }
        guard let text = packet.userName else { throw .userName }
        let userName = try ConnectUserName(text)
        try userName.check(clientID: packet.clientID)
        var will: Will?
        if let message = packet.will { will = try Will(message, of: userName.identity) }
        phase = .deciding(
            Candidate(
                identity: userName.identity, isClean: packet.isClean, keepAlive: packet.keepAlive, will: will))
        return ConnectRequest(
            userName: userName, password: packet.password, isClean: packet.isClean, keepAlive: packet.keepAlive)
    }

    private mutating func perform(_ packet: Packet, into output: inout [UInt8]) throws(MQTTFailure) -> ServerEvent {
        switch packet {
        case .publish(let packet):
            guard packet.qos != .exactlyOnce else { throw .exactlyOnce }
            let topic = try ClientTopic(packet.topic, of: session!.identity)
            return .publish(topic, packet, packet.qos == .atMostOnce ? nil : tickets.add(packet.packetID))
        case .puback(let packetID):
            guard let token = session!.deliveries.acknowledge(packetID) else { return .none }
            session!.deliveries.send(limits, into: &output)
            return .delivered(token: token)
        case .subscribe(let packet): return .subscriptions(subscribe(packet))
        case .unsubscribe(let packet): return .subscriptions(unsubscribe(packet))
        case .pingreq:
            PacketWriter.appendPingresp(to: &output)
            return .none
        case .disconnect:
            will = nil
            phase = .closed
            return .disconnect
        case .connect: throw .connectRepeated
        case .connack, .pubrec, .pubrel, .pubcomp, .suback, .unsuback, .pingresp: throw .packetUnexpected
        }
    }

    private mutating func subscribe(_ packet: SubscribePacket) -> SubscriptionChange {
        let before = session!.subscriptions
        let feeds = session!.feeds
        let granted = packet.map { session!.subscribe($0.filter, $0.qos, limit: limits.subscriptions) }
        var answer: [UInt8] = []
        PacketWriter.appendSuback(packet.packetID, granted, to: &answer)
        return change(answer, since: before, feeds)
    }

    private mutating func unsubscribe(_ packet: UnsubscribePacket) -> SubscriptionChange {
        let before = session!.subscriptions
        let feeds = session!.feeds
        for filter in packet { _ = session!.unsubscribe(filter) }
        var answer: [UInt8] = []
        PacketWriter.appendUnsuback(packet.packetID, to: &answer)
        return change(answer, since: before, feeds)
    }

    private func change(_ answer: [UInt8], since before: [Subscription], _ feeds: Feeds) -> SubscriptionChange {
        SubscriptionChange(
            answer: answer, isChange: session!.subscriptions != before, opened: session!.feeds.subtracting(feeds),
            closed: feeds.subtracting(session!.feeds))
    }

    // MARK: Answering

    /// Lets the client in, with the session that was kept for it. Where the client wants a clean one, that is forgotten;
    /// the owner forgets it too. What was in flight is sent again.
    public mutating func accept(_ kept: Session?, now: UInt64, into output: inout [UInt8]) {
        guard case .deciding(let candidate) = phase else { return }
        let resumed = candidate.isClean ? nil : kept
        PacketWriter.appendConnack(.accepted, isSessionPresent: resumed != nil, to: &output)
        var session = resumed ?? Session(of: candidate.identity)
        session.deliveries.restart()
        session.deliveries.send(limits, into: &output)
        self.session = session
        isClean = candidate.isClean
        will = candidate.will
        silenceMilliseconds = limits.silence(keepAlive: candidate.keepAlive)
        deadline = now + silenceMilliseconds
        phase = .open
    }

    /// Turns the client away; the connection is to be closed when the answer has been sent.
    public mutating func refuse(_ code: ConnectReturnCode, into output: inout [UInt8]) {
        guard case .deciding = phase else { return }
        PacketWriter.appendConnack(code, to: &output)
        phase = .closed
    }

    /// Acknowledges a message of the client; the PUBACK waits for those of the messages before it.
    public mutating func acknowledge(_ ticket: PublishTicket, into output: inout [UInt8]) {
        tickets.settle(ticket, into: &output)
    }

    /// Sends a message with the QoS that the client was granted for it. Twin and method traffic, which is at QoS 0
    /// whatever was granted (mqtt.md section 3.2), does not come this way.
    public mutating func deliver(
        _ publish: RenderedPublish, token: UInt64, feed: Feeds, named name: String? = nil, into output: inout [UInt8]
    ) -> ServerDelivery {
        guard isOpen, let qos = session!.qos(of: feed, named: name) else { return .unwanted }
        guard qos != .atMostOnce else {
            output.append(contentsOf: publish.bytes)
            return .sent
        }
        guard session!.deliveries.add(publish, token: token, limits) else { return .full }
        session!.deliveries.send(limits, into: &output)
        return .pending
    }

    /// Takes a message back that waits to be sent for the first time; false where it was sent or is not there.
    public mutating func withdraw(_ token: UInt64) -> Bool { session?.deliveries.withdraw(token) ?? false }

    /// The connection is gone.
    ///
    /// - Returns: the session, where it is to be kept for the client's next connection; and the client's Will, where it
    ///   left without a DISCONNECT.
    public mutating func end() -> (session: Session?, will: Will?) {
        phase = .closed
        defer {
            session = nil
            will = nil
        }
        return (isClean ? nil : session, will)
    }
}

extension MQTTLimits {
    /// Half as long again as the client's keep-alive, within the cap; the cap where it has none (mqtt.md section 2.3).
    func silence(keepAlive seconds: UInt16) -> UInt64 {
        let cap = UInt64(silenceMilliseconds)
        return seconds == 0 ? cap : min(UInt64(seconds) * 1500, cap)
    }
}
