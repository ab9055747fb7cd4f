import Endpoints

/// A stream of bytes to and from one MQTT client, whatever carries it: a connection, or a WebSocket on one. Used on the
/// connection's shard.
public protocol ClientChannel: Peer {
    var isOpen: Bool { get }
    /// For the log.
    var peerAddress: String { get }

    func send(_ bytes: UnsafeRawBufferPointer)
    /// Offers bytes again that could not be used before.
    func resumeReading()
    /// Closes when everything sent is on its way.
    func closeAfterFlush()
}
