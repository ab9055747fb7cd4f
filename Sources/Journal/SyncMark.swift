import Synchronization

/// The last sequence number known to be on the disk, shared between a log, its syncing queue and its batches.
public final class SyncMark: Sendable {
    private let value: Atomic<UInt64>

    public init(_ sequence: UInt64 = 0) { value = Atomic(sequence) }

    public var sequence: UInt64 { value.load(ordering: .acquiring) }

    /// Moves the mark forward; never back.
    func advance(to sequence: UInt64) {
        _ = value.max(sequence, ordering: .releasing)
    }
}
