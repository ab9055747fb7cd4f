import Endpoints
import Hub
import MQTT
import Vocabulary

/// One MQTT client: its packets become commands for the hub, and what the hub has for it becomes packets.
///
/// The protocol's own state is `ServerConnection`'s; this is where it meets the hub.
public final class MQTTLink {
    enum Phase {
        /// No CONNECT has been accepted.
        case arriving
        /// The hub is asked to open the link.
        case opening(TwinID)
        case open(OpenLink)
        case over
    }

    let serial: UInt64
    unowned let links: MQTTLinks
    let channel: any ClientChannel
    var server: ServerConnection
    var phase = Phase.arriving
    /// What goes out at the end of the call at hand.
    var output: [UInt8] = []
    private var isReceiving = false

    var services: ShardServices { links.services }

    init(_ channel: any ClientChannel, serial: UInt64, _ links: MQTTLinks) {
        self.channel = channel
        self.serial = serial
        self.links = links
        server = ServerConnection(now: links.services.shard.uptimeMilliseconds, links.limits)
    }

    // MARK: Receiving

    /// Takes bytes of the client; answers how many of them are done with.
    public func received(_ bytes: UnsafeRawBufferPointer) -> Int {
        var offset = 0
        isReceiving = true
        defer {
            isReceiving = false
            flush()
        }
        do throws(MQTTFailure) {
            while offset < bytes.count, !isOver {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
                let now = services.shard.uptimeMilliseconds
                guard let (event, count) = try server.receive(rest, now: now, into: &output) else { return offset }
                offset += count
                try take(event)
            }
        } catch {
            refuse(error)
        }
        return isOver ? bytes.count : offset
    }

    private func take(_ event: ServerEvent) throws(MQTTFailure) {
        switch event {
        case .none: break
        case .connect(let request): connect(request)
        case .publish(let topic, let packet, let ticket): try publish(topic, packet, ticket)
        case .subscriptions(let change): subscriptionsChanged(change)
        case .delivered(let token): delivered(token)
        case .disconnect: end()
        }
    }

    private func publish(
        _ topic: ClientTopic, _ packet: PublishPacket, _ ticket: PublishTicket?
    ) throws(MQTTFailure) {
        guard case .open(let open) = phase else { return }
        switch topic {
        case .telemetry(let bag): try send(bag, packet, ticket, open)
        case .twinRead(let requestID):
            acknowledge(ticket)
            readTwin(requestID, open)
        case .reportedPatch(let requestID, let version): report(requestID, version, packet.payload, ticket, open)
        case .methodResponse(let status, let requestID):
            acknowledge(ticket)
            try answered(status, requestID, packet.payload, open)
        }
    }

    /// MQTT 3.1.1 has no words for what is wrong: the connection closes (mqtt.md section 6).
    private func refuse(_ failure: MQTTFailure) {
        services.report("MQTT client \(name): \(failure)")
        end()
    }

    /// Who this is, for the log.
    var name: String {
        switch phase {
        case .open(let open): "\(open.id) at \(channel.peerAddress)"
        case .opening(let id): "\(id) at \(channel.peerAddress)"
        case .arriving, .over: "at \(channel.peerAddress)"
        }
    }

    // MARK: Sending

    func acknowledge(_ ticket: PublishTicket?) {
        guard let ticket else { return }
        let wasWaiting = server.isWaiting
        server.acknowledge(ticket, into: &output)
        if wasWaiting, !server.isWaiting, !isReceiving { channel.resumeReading() }
    }

    /// Sends what has been gathered, unless more is about to be.
    func flush() {
        guard !isReceiving, !output.isEmpty else { return }
        output.withUnsafeBytes { channel.send($0) }
        output.removeAll(keepingCapacity: false)
    }

    // MARK: The end

    var isOver: Bool { if case .over = phase { true } else { false } }

    /// Closes the connection, with what has been written so far sent.
    func end() {
        guard !isOver else { return }
        isReceiving = false
        flush()
        leave()
        channel.closeAfterFlush()
    }

    /// The connection is gone.
    public func closed() { leave() }

    private func leave() {
        let last = phase
        phase = .over
        let (session, will) = server.end()
        switch last {
        case .over: return
        case .arriving, .opening: links.remove(self, nil)
        case .open(let open):
            links.remove(self, open.id)
            services.hub.links.remove(open.id, number: open.number)
            if let session { links.service.sessions.keep(session) }
            for request in open.methods.values { request.answer(.linkLost) }
            for message in open.inputs.values { message.answer(false) }
            if let will { publish(will, open) }
            services.submit(.closeLink(open.id, link: open.number), origin: open.origin) { _ in }
        }
    }

    // MARK: Time

    func isDue(_ now: UInt64) -> Bool {
        if server.deadline <= now { return true }
        guard case .open(let open) = phase else { return false }
        return open.isActive || open.awaitsLock || open.tokenEnd <= services.environment.now()
    }

    /// What time has brought.
    func pass(_ now: UInt64) {
        if server.deadline <= now {
            services.report("MQTT client \(name): silent for too long")
            return end()
        }
        guard case .open(let open) = phase else { return }
        if open.tokenEnd <= services.environment.now() {
            services.report("MQTT client \(name): its token has expired")
            return end()
        }
        deliverUnlocked(open)
        reportActivity(open)
    }
}
