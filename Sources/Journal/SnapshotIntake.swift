/// Takes in those of a snapshot's lines that may come in any order. Called on several threads at once.
public protocol SnapshotIntake: Sendable {
    /// Answers the lines that have to wait for their turn.
    func take(_ lines: SnapshotLines) throws -> [LogSlice]
}
