/// When an append counts as done.
///
/// After a power loss with `interval` or `none`, every record since the last sync may be torn; the first that is, and all
/// behind it, are cut off. What was synced before is judged as strictly as with `commit` (see `LogLine`).
public enum Durability: String, CaseIterable, Sendable {
    /// When the batch is on the disk: an acknowledged write survives `kill -9` and power loss.
    case commit
    /// When the kernel has it; the disk follows within `JournalOptions.syncInterval`. Survives `kill -9`.
    case interval
    /// When the kernel has it; the disk follows when the kernel likes, at the latest when a segment is full.
    case none
}
