import MQTT
import Reactor
import TestSupport
import Vocabulary

/// A hub as far as a client can see one: lets in whom the script says, keeps sessions, and sends what the script says.
final class ScriptedBroker: Sendable {
    struct Script: Sendable {
        var refuses: ConnectReturnCode?
        /// How many CONNECTs are refused before all are let in.
        var refusals = Int.max
        /// The answer to a read of the twin, and the versions of desired patches that are sent with it.
        var twin = "{}"
        var versions: [Int64] = []
        /// Versions of desired patches that are sent behind a SUBACK.
        var greets: [Int64] = []
        /// Connections, counted from 1, that are cut when their client asks for its twin.
        var cuts: Set<Int> = []
        /// Whether messages at QoS 1 are acknowledged.
        var acknowledges = true
    }

    struct Seen: Sendable {
        var connections = 0
        var identities: [String] = []
        var passwords: [String] = []
        var subscribes = 0
        var messages: [String] = []
        var sessions: [String: Session] = [:]
    }

    let script: Script
    let seen = Box(Seen())
    let port: UInt16

    init(on reactor: Reactor, _ script: Script = Script()) throws {
        self.script = script
        let (script, seen) = (script, seen)
        port = try reactor.listen(address: "127.0.0.1", port: 0) { _ in BrokerLink(script, seen) }
    }
}

private final class BrokerLink: ConnectionHandler {
    private let script: ScriptedBroker.Script
    private let seen: Box<ScriptedBroker.Seen>
    private var server = ServerConnection(now: 0)
    private var output: [UInt8] = []
    private var number = 0
    private var identity = ""

    init(_ script: ScriptedBroker.Script, _ seen: Box<ScriptedBroker.Seen>) {
        self.script = script
        self.seen = seen
    }

    func received(_ bytes: UnsafeRawBufferPointer, on connection: Connection) -> Int {
        var offset = 0
        do throws(MQTTFailure) {
            while connection.isOpen,
                let (event, count) = try server.receive(
                    UnsafeRawBufferPointer(rebasing: bytes[offset...]), now: 0, into: &output)
            {
                offset += count
                take(event, connection)
            }
        } catch {
            connection.close()
        }
        if connection.isOpen { connection.send(output) }
        output = []
        return connection.isOpen ? offset : bytes.count
    }

    private func take(_ event: ServerEvent, _ connection: Connection) {
        switch event {
        case .none, .delivered: break
        case .connect(let request): connect(request)
        case .subscriptions(let change):
            output += change.answer
            seen.update { [identity, session = server.session] in
                $0.subscribes += 1
                $0.sessions[identity] = session
            }
            tell(script.greets)
        case .publish(.telemetry, let packet, let ticket):
            let text = String(decoding: packet.payload, as: UTF8.self)
            seen.update { $0.messages.append(text) }
            if let ticket, script.acknowledges { server.acknowledge(ticket, into: &output) }
        case .publish(.twinRead(let requestID), _, _): twin(requestID, connection)
        case .publish(.reportedPatch(let requestID?, _), _, _): respond(requestID, status: 204, version: 2, "")
        case .publish: break
        case .disconnect: connection.close()
        }
    }

    private func connect(_ request: ConnectRequest) {
        identity = request.userName.identity.key
        let password = request.password.map { String(decoding: $0, as: UTF8.self) } ?? ""
        let kept = seen.value.sessions[identity]
        seen.update { [identity] in
            $0.connections += 1
            $0.identities.append(identity)
            $0.passwords.append(password)
        }
        number = seen.value.connections
        if let code = script.refuses, number <= script.refusals {
            server.refuse(code, into: &output)
        } else {
            server.accept(request.isClean ? nil : kept, now: 0, into: &output)
        }
    }

    private func twin(_ requestID: UnsafeRawBufferPointer, _ connection: Connection) {
        guard !script.cuts.contains(number) else { return connection.close() }
        respond(requestID, status: 200, version: nil, script.twin)
        tell(script.versions)
    }

    private func tell(_ versions: [Int64]) {
        for version in versions {
            var topic: [UInt8] = []
            HubTopic.appendDesiredPatch(version: version, to: &topic)
            publish(topic, "{\"$version\":\(version)}")
        }
    }

    private func respond(_ requestID: UnsafeRawBufferPointer, status: Int, version: Int64?, _ body: String) {
        var topic: [UInt8] = []
        HubTopic.appendTwinResponse(status: status, requestID: requestID, version: version, to: &topic)
        publish(topic, body)
    }

    private func publish(_ topic: [UInt8], _ body: String) {
        output += RenderedPublish(topic: topic, payload: Array(body.utf8))!.bytes
    }
}
