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

/// Does what the test says.
final class ScriptedHandler: ConnectionHandler {
    var onReceived: (UnsafeRawBufferPointer, Connection) -> Int = { bytes, _ in bytes.count }
    var onEstablished: (Connection) -> Void = { _ in }
    var onFinished: (Connection) -> Void = { $0.closeAfterFlush(discardingInput: false) }
    var onDrained: (Connection) -> Void = { _ in }
    var onClosed: (Connection) -> Void = { _ in }

    func received(_ bytes: UnsafeRawBufferPointer, on connection: Connection) -> Int { onReceived(bytes, connection) }
    func established(_ connection: Connection) { onEstablished(connection) }
    func peerFinished(_ connection: Connection) { onFinished(connection) }
    func drained(_ connection: Connection) { onDrained(connection) }
    func closed(_ connection: Connection) { onClosed(connection) }
}

/// A reactor for the length of a test; afterwards every descriptor of it is closed.
func withReactor(
    shards: Int = 2, limits: ReactorLimits = .standard, _ body: (Reactor) throws -> Void
) throws {
    let reactor = try Reactor(shards: shards, limits: limits)
    let ended = Signal()
    defer {
        reactor.shutDown { ended.fire() }
        _ = ended.wait()
    }
    try body(reactor)
}

/// Bytes that differ along the way, so that a lost, doubled or moved piece shows.
func pattern(_ count: Int, seed: UInt32 = 1) -> [UInt8] {
    var state = seed
    return (0..<count).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return UInt8(state >> 24)
    }
}
