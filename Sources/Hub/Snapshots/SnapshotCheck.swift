import Journal

/// Reads every entity and every identity of the seed that a snapshot holds, as a hub does in its own time, for those who want to know whether it could.
public final class SnapshotCheck: LogVisitor {
    public init() {}

    public func beginSnapshot(covering sequence: UInt64, lines: Int) {}

    public func visitSnapshotLine(_ line: LogSlice) throws {
        if let stored = StoredEntity(line) {
            _ = try stored.entity()
        } else if let seed = StoredSeed(line) {
            _ = try seed.identity()
        }
    }

    public func visit(_ record: LogRecord) {}
}
