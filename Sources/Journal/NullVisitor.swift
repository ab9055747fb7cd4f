/// Looks at nothing: for those who want to know whether a log can be read.
final class NullVisitor: LogVisitor {
    func beginSnapshot(covering sequence: UInt64, lines: Int) {}
    func visitSnapshotLine(_ line: LogSlice) {}
    func visit(_ record: LogRecord) {}
}
