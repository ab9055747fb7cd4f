import MQTT
import Reactor

/// One connection of a client; another follows when it is lost.
final class ClientHandler: ConnectionHandler {
    private let client: SimulatedClient

    init(_ client: SimulatedClient) { self.client = client }

    func received(_ bytes: UnsafeRawBufferPointer, on connection: Connection) -> Int {
        client.received(bytes, on: connection)
    }

    func closed(_ connection: Connection) {
        client.lost(connection.tlsFailure ?? "\(connection.closeReason)")
    }
}

extension SimulatedClient {
    /// Takes packets of the server; answers how many bytes are done with.
    func received(_ bytes: UnsafeRawBufferPointer, on connection: Connection) -> Int {
        var offset = 0
        isReceiving = true
        defer {
            isReceiving = false
            flush()
        }
        do throws(MQTTFailure) {
            while offset < bytes.count, connection.isOpen {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
                guard let (event, count) = try link.receive(rest, into: &output) else { return offset }
                offset += count
                try take(event, on: connection)
            }
        } catch {
            found("\(error)", on: connection)
        }
        return connection.isOpen ? offset : bytes.count
    }

    private func take(_ event: ClientEvent, on connection: Connection) throws(MQTTFailure) {
        switch event {
        case .none, .unsubscribed: break
        case .connected(let isSessionPresent):
            self.isSessionPresent = isSessionPresent
            guard !settings.filters.isEmpty, !isSessionPresent else { return becomeReady(on: connection) }
            subscription = link.subscribe(settings.filters, now: shard.uptimeMilliseconds, into: &output)
        case .refused(.serverUnavailable):
            // So says a hub that is still reading its log; it lets the client in later.
            counts.refusals += 1
            connection.close()
        case .refused(let code):
            counts.refusals += 1
            found("refused, \(code)", on: connection)
        case .subscribed(let packetID, let codes):
            let granted = codes.count == settings.filters.count && codes.allSatisfy { $0 <= QoS.atLeastOnce.rawValue }
            guard packetID == subscription, granted else { return found("SUBACK \(Array(codes))", on: connection) }
            becomeReady(on: connection)
        case .published(let packetID): acknowledged(packetID)
        case .message(let packet): try take(packet, on: connection)
        }
    }

    private func acknowledged(_ packetID: UInt16) {
        counts.acknowledged += 1
        var took: UInt64?
        if let timed, timed.packetID == packetID {
            took = MonotonicClock.nanoseconds - timed.sentAt
            self.timed = nil
        }
        observer.client(self, .published(nanoseconds: took))
    }

    private func take(_ packet: PublishPacket, on connection: Connection) throws(MQTTFailure) {
        counts.received += 1
        switch try ServerTopic(packet.topic) {
        case .other: observer.client(self, .message(topic: packet.topic, body: packet.payload))
        case .twinResponse(let status, let requestID, let version):
            observer.client(self, .twin(status: status, requestID: requestID, version: version, body: packet.payload))
        case .method(let name, let requestID):
            observer.client(self, .method(name: name, requestID: requestID, body: packet.payload))
        case .desiredPatch(let version):
            // In version order and without gaps (twins.md section 10).
            if let desiredVersion, version != desiredVersion + 1 {
                return found("desired version \(version) behind \(desiredVersion)", on: connection)
            }
            desiredVersion = version
            observer.client(self, .desired(version: version, patch: packet.payload))
        }
    }
}
