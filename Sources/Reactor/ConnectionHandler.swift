/// What happens to the bytes of a connection. Every call is made on the connection's own shard, and never from
/// inside one of the handler's own calls: a handler that closes its connection hears of it after it has returned.
public protocol ConnectionHandler: AnyObject {
    /// Bytes that have arrived, decrypted where the connection uses TLS.
    ///
    /// The bytes are valid until the call returns. Those not consumed are kept and offered again, with what follows
    /// them, when more arrive or after ``Connection/resumeReading()``. A handler that puts another in its place
    /// (``Connection/handler``) or calls ``Connection/startTLS(_:)`` sees the rest given to the new one at once.
    ///
    /// - Returns: how many bytes are done with, `0...bytes.count`.
    func received(_ bytes: UnsafeRawBufferPointer, on connection: Connection) -> Int

    /// A dialled connection, or a TLS handshake, is complete. Bytes sent earlier were queued until now.
    func established(_ connection: Connection)

    /// The peer will send nothing more (a FIN, or TLS close_notify). Sending is still possible. Called once, after
    /// the last bytes were offered.
    func peerFinished(_ connection: Connection)

    /// Everything queued has been given to the kernel; called each time that the output queue becomes empty.
    func drained(_ connection: Connection)

    /// The last call: the connection is gone, ``Connection/closeReason`` says why.
    func closed(_ connection: Connection)
}

extension ConnectionHandler {
    public func established(_ connection: Connection) {}
    public func peerFinished(_ connection: Connection) { connection.closeAfterFlush(discardingInput: false) }
    public func drained(_ connection: Connection) {}
    public func closed(_ connection: Connection) {}
}
