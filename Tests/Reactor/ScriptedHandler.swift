import Reactor

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
