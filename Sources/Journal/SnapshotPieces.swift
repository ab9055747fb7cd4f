import Dispatch
import Glibc
import Synchronization
import Vocabulary

/// A snapshot's file, read and checked piece by piece: into memory that a processor holds close, and not by way of the mapping,
/// so that what nobody needs yet does not count as used.
struct SnapshotPieces: Sendable {
    /// Bytes of the file. A line belongs to the piece in which it begins.
    static let pieceBytes = 256 << 10
    /// Read beyond a piece at first, for the end of its last line.
    private static let bytesBeyond = 8 << 10

    let file: InputFile
    let mapping: LogBytes
    let covering: UInt64
    /// Where the last line begins, which stands behind the state.
    let end: Int

    var count: Int { (size + Self.pieceBytes - 1) / Self.pieceBytes }
    private var size: Int { mapping.bytes.count }

    /// Lends the snapshot's lines that begin in a piece. Throws where one of them is damaged.
    func withLines<Result>(
        of piece: Int, in memory: inout ReadMemory, _ body: (SnapshotLines) throws(LogFailure) -> Result
    ) throws(LogFailure) -> Result {
        // With the byte before, which says whether a line begins with the piece; and all of its page, since the kernel takes five
        // times as long to copy what does not begin with one.
        let start = max(piece * Self.pieceBytes - ReadMemory.alignment, 0)
        let stop = min((piece + 1) * Self.pieceBytes, size)
        try memory.fill(to: min(stop + Self.bytesBeyond, size) - start, from: file, at: start)
        var position = 0
        if piece > 0 {
            let before = piece * Self.pieceBytes - 1 - start
            position = memory.newline(from: before, to: stop - start).map { $0 + 1 } ?? stop - start
        }
        var bodies: [Range<Int>] = []
        while start + position < stop {
            let newline = try endOfLine(position, in: &memory, from: start)
            let line = UnsafeRawBufferPointer(rebasing: memory.bytes[position..<newline])
            if let body = try self.body(of: line, at: start + position) {
                bodies.append(position + body.lowerBound..<position + body.upperBound)
            }
            position = newline + 1
        }
        return try body(SnapshotLines(owner: mapping, start: start, text: memory.bytes, bodies: bodies))
    }

    private func endOfLine(_ position: Int, in memory: inout ReadMemory, from start: Int) throws(LogFailure) -> Int {
        var searched = position
        while true {
            if let newline = memory.newline(from: searched, to: memory.bytes.count) { return newline }
            searched = memory.bytes.count
            guard start + searched < size else { throw damage(start + position, "the snapshot ends early") }
            try memory.fill(to: min(2 * searched, size - start), from: file, at: start)
        }
    }

    /// What the snapshot's writer gave in a line; nil for those that stand around it.
    private func body(of line: UnsafeRawBufferPointer, at offset: Int) throws(LogFailure) -> Range<Int>? {
        guard LogLine.isIntact(line) else { throw damage(offset, "the checksum does not match") }
        if offset == end { return nil }
        var cursor = LineCursor(line)
        if offset == 0 {
            guard cursor.skip("{\"snapshot\":{\"covering\":"), cursor.number() == covering else {
                throw damage(offset, "the line is not the beginning of this snapshot")
            }
            return nil
        }
        guard cursor.skip("{\"snap\":") else { throw damage(offset, "the line is none of a snapshot's state") }
        return cursor.position..<line.count - LogLine.suffixCount
    }

    /// What is wrong with the line that begins there.
    func damage(_ offset: Int, _ reason: String) -> LogFailure {
        .damaged(LogSlice(owner: mapping, offset: offset, count: 0).damage(reason))
    }

    // MARK: On several threads

    private struct Taken {
        var lines = 0
        var waiting: [(piece: Int, lines: [LogSlice])] = []
        var failure: (piece: Int, LogFailure)?
    }

    /// Hands over the pieces from one on by as many threads as there are processors. Answers how many lines there were, and
    /// those that wait for their turn, in order.
    ///
    /// Pieces are taken up in order, and each one that was is gone through: what is said to be damaged is the first that is.
    func read(from first: Int, by intake: any SnapshotIntake) throws(LogFailure) -> (lines: Int, waiting: [LogSlice]) {
        let taken = Mutex(Taken())
        let next = Atomic(first)
        let threads = min(max(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), 1), count - first)
        DispatchQueue.concurrentPerform(iterations: max(threads, 0)) { _ in
            var memory = ReadMemory()
            while true {
                let piece = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard piece < count, taken.withLock({ $0.failure == nil }) else { return }
                do throws(LogFailure) {
                    let (lines, waiting) = try withLines(of: piece, in: &memory) { (lines) throws(LogFailure) in
                        (lines.count, try take(lines, by: intake))
                    }
                    taken.withLock {
                        $0.lines += lines
                        if !waiting.isEmpty { $0.waiting.append((piece, waiting)) }
                    }
                } catch {
                    taken.withLock { if piece < $0.failure?.piece ?? .max { $0.failure = (piece, error) } }
                }
            }
        }
        let found = taken.withLock { $0 }
        if let failure = found.failure { throw failure.1 }
        return (found.lines, found.waiting.sorted { $0.piece < $1.piece }.flatMap(\.lines))
    }

    private func take(_ lines: SnapshotLines, by intake: any SnapshotIntake) throws(LogFailure) -> [LogSlice] {
        do { return try intake.take(lines) } catch {
            throw error as? LogFailure ?? damage(lines.start, "\(error)")
        }
    }
}
