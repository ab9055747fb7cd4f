/// When an append counts as done.
public enum Durability: String, CaseIterable, Sendable {
    /// When the batch is on the disk: an acknowledged write survives `kill -9` and power loss.
    case commit
    /// When the kernel has it; the disk follows within `JournalOptions.syncInterval`. Survives `kill -9`.
    case interval
    /// When the kernel has it; the disk follows when the kernel likes, at the latest when a segment is full.
    case none
}
