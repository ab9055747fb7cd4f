/// What a repair did.
public struct RepairReport: Hashable, Sendable {
    /// A sentence for each thing that was dropped or set aside; empty where there was nothing to repair.
    public internal(set) var changes: [String] = []
    /// The files in the log's folder that hold what was set aside.
    public internal(set) var setAside: [String] = []
}
