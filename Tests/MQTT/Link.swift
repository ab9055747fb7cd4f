import Vocabulary

@testable import MQTT

/// The owner of one server connection, as a test needs it: packets go in as bytes, events and packets come out in words.
struct Link {
    var server: ServerConnection
    var now: UInt64
    /// Packets sent by the server that have not been looked at.
    private(set) var output: [UInt8] = []
    private(set) var failure: MQTTFailure?
    /// Tickets of messages at QoS 1, in their order.
    private(set) var tickets: [PublishTicket] = []
    /// Answers to SUBSCRIBE and UNSUBSCRIBE.
    private(set) var changes: [SubscriptionChange] = []
    private var kept: [UInt8] = []

    init(now: UInt64 = 1_000, _ limits: MQTTLimits = .standard) {
        server = ServerConnection(now: now, limits)
        self.now = now
    }

    /// Offers bytes, behind what the server has not used; gives the events that come of them.
    @discardableResult
    mutating func send(_ bytes: [UInt8]) -> [String] {
        kept += bytes
        var events: [String] = []
        while !kept.isEmpty, failure == nil {
            let offered = kept
            do throws(MQTTFailure) {
                guard let (event, count) = try receive(offered) else { break }
                events.append(event)
                kept.removeFirst(count)
            } catch {
                failure = error
            }
        }
        return events
    }

    private mutating func receive(_ bytes: [UInt8]) throws(MQTTFailure) -> (String, Int)? {
        let result = bytes.withUnsafeBytes { bytes in
            Result<(String, Int)?, MQTTFailure> { () throws(MQTTFailure) in
                guard let (event, count) = try server.receive(bytes, now: now, into: &output) else { return nil }
                return (note(event), count)
            }
        }
        return try result.get()
    }

    private mutating func note(_ event: ServerEvent) -> String {
        switch event {
        case .none: return "none"
        case .connect(let request):
            let password = request.password.map { " \(string($0))" } ?? ""
            return "connect \(request.userName.identity)\(password)"
        case .publish(let topic, let packet, let ticket):
            if let ticket { tickets.append(ticket) }
            return "\(topic.form) = \(string(packet.payload))"
        case .subscriptions(let change):
            changes.append(change)
            output += change.answer
            return "subscriptions"
        case .delivered(let token): return "delivered \(token)"
        case .disconnect: return "disconnect"
        }
    }

    /// A CONNECT that is let in; what it was answered is gone from the output.
    mutating func connect(
        _ identity: String = "d1", isClean: Bool = false, keepAlive: UInt16 = 60, will: [UInt8]? = nil,
        willFlags: UInt8 = 4, session: Session? = nil
    ) {
        send(connectBytes(identity, isClean: isClean, keepAlive: keepAlive, will: will, willFlags: willFlags))
        server.accept(session, now: now, into: &output)
    }

    /// The packets that the server has sent since this was last asked.
    mutating func answers() -> [String] {
        defer { output = [] }
        return (try? forms(of: output).0) ?? []
    }

    /// The bytes of these packets.
    mutating func takeOutput() -> [UInt8] {
        defer { output = [] }
        return output
    }

    mutating func acknowledge(_ ticket: PublishTicket) { server.acknowledge(ticket, into: &output) }

    mutating func refuse(_ code: ConnectReturnCode) { server.refuse(code, into: &output) }

    mutating func accept(_ session: Session? = nil) { server.accept(session, now: now, into: &output) }

    mutating func deliver(_ payload: String, token: UInt64, feed: Feeds = .commands) -> ServerDelivery {
        let publish = RenderedPublish(topic: Array("t".utf8), payload: Array(payload.utf8))!
        return server.deliver(publish, token: token, feed: feed, into: &output)
    }
}

/// A CONNECT as the SDKs send it; the Will is a topic field and a payload field.
func connectBytes(
    _ identity: String = "d1", isClean: Bool = false, keepAlive: UInt16 = 60, will: [UInt8]? = nil,
    willFlags: UInt8 = 4
) -> [UInt8] {
    let flags: UInt8 = 0xC0 | (isClean ? 2 : 0) | (will == nil ? 0 : willFlags)
    return frame(
        0x10, field("MQTT"), [4, flags, UInt8(keepAlive >> 8), UInt8(keepAlive & 255)], field(identity), will ?? [],
        field("hub.localhost/\(identity)/?api-version=2021-04-12"), field("secret"))
}

func publishBytes(_ topic: String, _ payload: String = "", id: UInt8? = nil, flags: UInt8 = 0) -> [UInt8] {
    frame(0x30 | flags | (id == nil ? 0 : 2), field(topic), id.map { [0, $0] } ?? [], Array(payload.utf8))
}

func subscribeBytes(_ filters: (String, UInt8)..., id: UInt8 = 1) -> [UInt8] {
    frame(0x82, [0, id], filters.flatMap { field($0.0) + [$0.1] })
}

extension ClientTopic {
    var form: String {
        switch self {
        case .telemetry(let bag): "telemetry \(string(bag))"
        case .twinRead(let requestID): "read \(string(requestID))"
        case .reportedPatch(let requestID, let version):
            "patch \(requestID.map(string) ?? "-") \(version.map { "\($0)" } ?? "-")"
        case .methodResponse(let status, let requestID): "method \(status) \(string(requestID))"
        }
    }
}
