import Endpoints
import HTTP
import Reactor

/// A connection that has not said yet what it speaks.
final class FirstBytes: ConnectionHandler {
    private let door: Door
    /// Ends the connection if it goes on saying nothing.
    private let patience: ShardTimer

    init(_ door: Door, _ connection: Connection) {
        self.door = door
        patience = ShardTimer { [unowned connection] in connection.closeAfterFlush(discardingInput: false) }
        connection.shard.schedule(patience, afterMilliseconds: door.limits.headMilliseconds)
    }

    /// How the client side of HTTP/2 begins (RFC 9113 section 3.4).
    private static let http2Preface = Array("PRI * HTTP/2.0".utf8)

    func received(_ bytes: UnsafeRawBufferPointer, on connection: Connection) -> Int {
        guard let first = bytes.first else { return 0 }
        if !connection.isTLS {
            if first == Self.tlsHandshake {
                guard let context = try? door.tls.value() else {
                    // The start has failed, and says why.
                    connection.close()
                    return bytes.count
                }
                connection.startTLS(context)
                return 0
            }
            guard !door.tlsOnly else {
                door.logger.notice("refused a connection without TLS", metadata: ["peer": "\(connection.peerAddress)"])
                connection.close()
                return bytes.count
            }
        }
        if first == Self.mqttConnect {
            guard let services = connection.shard.context as? ShardServices else {
                return refuseMQTT(connection, bytes)
            }
            leave(to: MQTTConnection(connection, on: services, door.mqtt), connection)
            return 0
        }
        let beginning = min(bytes.count, Self.http2Preface.count)
        if bytes.prefix(beginning).elementsEqual(Self.http2Preface[..<beginning]) {
            // `P` alone may still become a POST.
            guard bytes.count >= Self.http2Preface.count else { return 0 }
            leave(to: door.http2(connection), connection)
            return 0
        }
        // Who has settled on HTTP/2 may say nothing else, and is told so in HTTP/2 (RFC 9113 section 3.4).
        if connection.isTLS, connection.applicationProtocol == "h2" {
            leave(to: door.http2(connection), connection)
            return 0
        }
        leave(to: door.http(connection), connection)
        return 0
    }

    private func leave(to handler: any ConnectionHandler, _ connection: Connection) {
        connection.shard.cancel(patience)
        connection.handler = handler
    }

    func peerFinished(_ connection: Connection) { connection.close() }

    func closed(_ connection: Connection) { connection.shard.cancel(patience) }

    /// The first byte of a TLS record that carries a ClientHello (RFC 8446 section 5.1).
    private static let tlsHandshake: UInt8 = 0x16
    /// The first byte of an MQTT CONNECT packet (MQTT 3.1.1 section 3.1).
    private static let mqttConnect: UInt8 = 0x10

    /// Before the log has been replayed: CONNACK with return code 3, Server unavailable (section 3.2.2.3).
    private func refuseMQTT(_ connection: Connection, _ bytes: UnsafeRawBufferPointer) -> Int {
        connection.send([0x20, 0x02, 0x00, 0x03])
        connection.closeAfterFlush()
        return bytes.count
    }
}
