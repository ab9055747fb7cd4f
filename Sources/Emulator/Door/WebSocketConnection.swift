import DeviceAPI
import Endpoints
import HTTP
import Reactor

/// An MQTT client inside a WebSocket (mqtt.md section 1). The payloads are one stream of bytes, wherever frames begin and
/// end.
final class WebSocketConnection: ConnectionHandler, ClientChannel {
    /// The longest frame that is taken; a packet of MQTT fits in it.
    static let frameBytes = 1 << 20
    /// Bytes that may wait for the client's link to use them before nothing more is read.
    static let waitingBytes = 1 << 20

    private unowned(unsafe) let connection: Connection
    private var link: MQTTLink?
    private var reader = WebSocketReader(role: .server, limit: frameBytes)
    /// Payload that the link has not used yet.
    private var waiting: [UInt8] = []
    private var isClosing = false

    init(_ connection: Connection, on services: ShardServices, _ service: MQTTService) {
        self.connection = connection
        link = MQTTLinks.open(self, on: services, service)
    }

    // MARK: As the connection's handler

    func received(_ bytes: UnsafeRawBufferPointer, on connection: Connection) -> Int {
        var output: [UInt8] = []
        var isOver = false
        do throws(WebSocketFailure) {
            try reader.receive(bytes) { event in
                switch event {
                case .data(let piece): waiting.append(contentsOf: piece)
                case .ping(let payload): WebSocketWriter.appendPong(payload, to: &output)
                case .pong: break
                case .close: isOver = true
                }
            }
            if !output.isEmpty { connection.send(output) }
            offer()
            if isOver { close(1000) }
        } catch {
            offer()
            close(error.code)
        }
        return bytes.count
    }

    private func offer() {
        guard !waiting.isEmpty, !isClosing else { return }
        let used = waiting.withUnsafeBytes { link?.received($0) ?? $0.count }
        waiting.removeFirst(used)
        if waiting.count > Self.waitingBytes { connection.pauseReading() }
    }

    private func close(_ code: UInt16) {
        guard !isClosing else { return }
        isClosing = true
        var output: [UInt8] = []
        WebSocketWriter.appendClose(code, to: &output)
        connection.send(output)
        connection.closeAfterFlush()
    }

    func closed(_ connection: Connection) {
        let link = link
        self.link = nil
        link?.closed()
    }

    // MARK: As the link's channel

    var isOpen: Bool { connection.isOpen && !isClosing }
    var peerAddress: String { connection.peerAddress }
    var certificates: [[UInt8]] { connection.peerCertificates ?? [] }
    var cipher: String? { connection.cipher }

    func send(_ bytes: UnsafeRawBufferPointer) {
        guard !isClosing else { return }
        var output: [UInt8] = []
        WebSocketWriter.appendBinary(bytes, to: &output)
        connection.send(output)
    }

    func resumeReading() {
        offer()
        connection.resumeReading()
    }

    func closeAfterFlush() { close(1000) }
}
