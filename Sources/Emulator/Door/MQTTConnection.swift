import DeviceAPI
import Endpoints
import Reactor

/// An MQTT client on a connection of its own.
final class MQTTConnection: ConnectionHandler, ClientChannel {
    private unowned(unsafe) let connection: Connection
    private var link: MQTTLink?

    init(_ connection: Connection, on services: ShardServices, _ service: MQTTService) {
        self.connection = connection
        link = MQTTLinks.open(self, on: services, service)
    }

    // MARK: As the connection's handler

    func received(_ bytes: UnsafeRawBufferPointer, on connection: Connection) -> Int {
        link?.received(bytes) ?? bytes.count
    }

    func closed(_ connection: Connection) {
        let link = link
        self.link = nil
        link?.closed()
    }

    // MARK: As the link's channel

    var isOpen: Bool { connection.isOpen }
    var peerAddress: String { connection.peerAddress }
    var certificates: [[UInt8]] { connection.peerCertificates ?? [] }
    var cipher: String? { connection.cipher }

    func send(_ bytes: UnsafeRawBufferPointer) { connection.send(bytes) }
    func resumeReading() { connection.resumeReading() }
    func closeAfterFlush() { connection.closeAfterFlush() }
}
