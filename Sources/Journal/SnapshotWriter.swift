/// A snapshot being written, one line a call, on any one queue other than the log writer's.
///
/// Until `commit` returns the log is as if it had never been begun; dropped without either call, it is cancelled.
public protocol SnapshotWriter: AnyObject {
    /// Adds a line: any JSON value, opaque to the log. Raw newlines between its tokens become spaces.
    func append(_ line: UnsafeRawBufferPointer) throws(LogFailure)

    /// Makes the snapshot durable and the log's newest, then lets older snapshots go.
    func commit() throws(LogFailure)

    /// Forgets it.
    func cancel()
}

extension SnapshotWriter {
    public func append(_ line: [UInt8]) throws(LogFailure) {
        let outcome = line.withUnsafeBytes { bytes -> Result<Void, LogFailure> in
            Result { () throws(LogFailure) in try append(bytes) }
        }
        try outcome.get()
    }
}
