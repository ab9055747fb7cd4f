/// A snapshot in memory.
final class MemorySnapshot: SnapshotWriter {
    private var text: [UInt8] = []
    private var lines: [Range<Int>] = []
    private var finish: ((_ lines: [LogSlice]?) -> Void)?

    /// - Parameter finish: called once: with the lines, or with nil when cancelled.
    init(finish: @escaping (_ lines: [LogSlice]?) -> Void) { self.finish = finish }

    func append(_ line: UnsafeRawBufferPointer) {
        let start = text.count
        LogLine.append(line, to: &text)
        lines.append(start..<text.count)
    }

    func commit() {
        let bytes = text.withUnsafeBytes { LogBytes(copying: $0) }
        finish?(lines.map { LogSlice(owner: bytes, offset: $0.lowerBound, count: $0.count) })
        finish = nil
    }

    func cancel() {
        finish?(nil)
        finish = nil
    }

    deinit { finish?(nil) }
}
