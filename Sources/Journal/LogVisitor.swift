/// Receives what a replay finds, in order: the snapshot's beginning, its lines, then the records after it.
///
/// An error that it throws stops the replay and is reported with the file and the line that caused it.
public protocol LogVisitor: AnyObject {
    /// A snapshot follows: the state after record `sequence`, in `lines` lines. Not called where there is no snapshot.
    func beginSnapshot(covering sequence: UInt64, lines: Int) throws

    /// One line of the snapshot, as its writer gave it. The slice may be kept: it holds its file's mapping.
    func visitSnapshotLine(_ line: LogSlice) throws

    /// Who takes lines in before their turn, asked for after some of a long snapshot's first lines; nil where each waits.
    var intake: (any SnapshotIntake)? { get }

    /// One record after the snapshot. The record may be kept: it holds its file's mapping.
    func visit(_ record: LogRecord) throws
}

extension LogVisitor {
    public var intake: (any SnapshotIntake)? { nil }
}
