/// A snapshot in memory.
final class MemorySnapshot: SnapshotWriter {
    private var lines: [LogSlice] = []
    private var finish: ((_ lines: [LogSlice]?) -> Void)?

    /// - Parameter finish: called once: with the lines, or with nil when cancelled.
    init(finish: @escaping (_ lines: [LogSlice]?) -> Void) { self.finish = finish }

    func append(_ line: UnsafeRawBufferPointer) {
        let bytes = LogBytes(copying: line)
        lines.append(LogSlice(owner: bytes, offset: 0, count: line.count))
    }

    func commit() {
        finish?(lines)
        finish = nil
    }

    func cancel() {
        finish?(nil)
        finish = nil
    }

    deinit { finish?(nil) }
}
