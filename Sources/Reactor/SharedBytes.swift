/// Immutable bytes that any number of connections send without copying them.
///
/// A connection retains the object only while the bytes wait in its output queue.
public final class SharedBytes: Sendable {
    public let bytes: [UInt8]
    /// Number of bytes.
    public var count: Int { bytes.count }

    public init(_ bytes: [UInt8]) { self.bytes = bytes }
}
