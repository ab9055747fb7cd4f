import CSystem
import Glibc

/// What waits to be sent on one connection: copied bytes and shared ones in the order they were given, and in front of
/// them, where the connection uses TLS, records that are already encrypted.
///
/// Queues are pooled by the shard; a connection has one only while something waits.
final class OutputQueue {
    private struct Segment {
        /// Nil where the bytes were copied into `copied`, which holds them in the same order as the segments.
        var shared: SharedBytes?
        var remaining: Int
    }

    /// Encrypted records that the socket did not take, or that a handshake produced.
    let records = ByteQueue()
    private let copied = ByteQueue()
    private var segments: [Segment] = []
    private var first = 0
    /// Bytes of all the segments.
    private(set) var plainCount = 0
    /// When the socket last took bytes or was found full, in the shard's milliseconds.
    var progressedAt: UInt64 = 0

    /// `writev` of more pieces than this gains nothing.
    private static let piecesPerWrite = 64
    private static let memoryKeptInPool = 64 << 10

    var count: Int { plainCount + records.count }
    var isEmpty: Bool { plainCount == 0 && records.isEmpty }

    func append(_ bytes: UnsafeRawBufferPointer) {
        copied.append(bytes)
        plainCount += bytes.count
        if first < segments.count, segments[segments.count - 1].shared == nil {
            segments[segments.count - 1].remaining += bytes.count
        } else {
            segments.append(Segment(shared: nil, remaining: bytes.count))
        }
    }

    func append(_ shared: SharedBytes) {
        segments.append(Segment(shared: shared, remaining: shared.count))
        plainCount += shared.count
    }

    /// Gives the plain bytes to the kernel with one call; the result is `writev`'s, `attempted` what it was asked for.
    func writePlain(to descriptor: Int32) -> (written: Int, attempted: Int) {
        let segment = segments[first]
        if segments.count - first == 1 {
            guard let shared = segment.shared else {
                return (write(descriptor, copied.bytes.baseAddress, segment.remaining), segment.remaining)
            }
            let written = shared.bytes.withUnsafeBytes { bytes in
                write(descriptor, bytes.baseAddress! + (bytes.count - segment.remaining), segment.remaining)
            }
            return (written, segment.remaining)
        }
        return withUnsafeTemporaryAllocation(of: iovec.self, capacity: OutputQueue.piecesPerWrite) { pieces in
            var attempted = 0
            let count = fill(pieces, upTo: .max, total: &attempted)
            return (writev(descriptor, pieces.baseAddress, Int32(count)), attempted)
        }
    }

    /// The first plain bytes, at most `limit`, in one piece: in place where they are, else copied into `scratch`.
    func withPlain<Result>(
        upTo limit: Int, scratch: UnsafeMutableRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        let limit = min(limit, scratch.count)
        let segment = segments[first]
        let length = min(segment.remaining, limit)
        if length == limit || segments.count - first == 1 {
            guard let shared = segment.shared else {
                return body(UnsafeRawBufferPointer(rebasing: copied.bytes[0..<length]))
            }
            return shared.bytes.withUnsafeBytes { bytes in
                let start = bytes.count - segment.remaining
                return body(UnsafeRawBufferPointer(rebasing: bytes[start..<start + length]))
            }
        }
        return withUnsafeTemporaryAllocation(of: iovec.self, capacity: OutputQueue.piecesPerWrite) { pieces in
            var total = 0
            let count = fill(pieces, upTo: limit, total: &total)
            var filled = 0
            for piece in pieces[0..<count] {
                memcpy(scratch.baseAddress! + filled, piece.iov_base, piece.iov_len)
                filled += piece.iov_len
            }
            return body(UnsafeRawBufferPointer(start: scratch.baseAddress, count: filled))
        }
    }

    /// Lists the first pieces; shared bytes are immutable and kept by their segments, so their addresses hold.
    private func fill(_ pieces: UnsafeMutableBufferPointer<iovec>, upTo limit: Int, total: inout Int) -> Int {
        var count = 0
        var copiedOffset = 0
        var index = first
        while index < segments.count, count < pieces.count, total < limit {
            let segment = segments[index]
            let length = min(segment.remaining, limit - total)
            if let shared = segment.shared {
                shared.bytes.withUnsafeBytes { bytes in
                    let base = UnsafeMutableRawPointer(mutating: bytes.baseAddress! + (bytes.count - segment.remaining))
                    pieces[count] = iovec(iov_base: base, iov_len: length)
                }
            } else {
                let base = UnsafeMutableRawPointer(mutating: copied.bytes.baseAddress! + copiedOffset)
                pieces[count] = iovec(iov_base: base, iov_len: length)
                copiedOffset += segment.remaining
            }
            total += length
            count += 1
            index += 1
        }
        return count
    }

    func consumePlain(_ bytes: Int) {
        plainCount -= bytes
        var left = bytes
        while left > 0 {
            let part = min(left, segments[first].remaining)
            if segments[first].shared == nil { copied.consume(part) }
            segments[first].remaining -= part
            left -= part
            if segments[first].remaining == 0 {
                segments[first].shared = nil
                first += 1
            }
        }
        if first == segments.count {
            segments.removeAll(keepingCapacity: true)
            first = 0
        } else if first >= 64, first * 2 >= segments.count {
            segments.removeFirst(first)
            first = 0
        }
    }

    /// Made as new, so that another connection can have it.
    func reset() {
        records.clear(keeping: OutputQueue.memoryKeptInPool)
        copied.clear(keeping: OutputQueue.memoryKeptInPool)
        segments.removeAll(keepingCapacity: segments.capacity <= 64)
        first = 0
        plainCount = 0
    }
}
