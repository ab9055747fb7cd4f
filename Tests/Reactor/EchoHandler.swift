import Reactor

/// Sends back what it gets. As the door does, it takes first bytes that look like TLS for TLS.
final class EchoHandler: ConnectionHandler {
    let tls: TLSContext?
    /// Closes after the first answer.
    let once: Bool
    var seen: @Sendable (Connection) -> Void = { _ in }

    init(tls: TLSContext? = nil, once: Bool = false) {
        self.tls = tls
        self.once = once
    }

    func received(_ bytes: UnsafeRawBufferPointer, on connection: Connection) -> Int {
        if let tls, !connection.isTLS, bytes[0] == 22 {
            connection.startTLS(tls)
            return 0
        }
        connection.send(bytes)
        if once { connection.closeAfterFlush() }
        return bytes.count
    }

    func established(_ connection: Connection) { seen(connection) }
}
