import Glibc

/// Bytes in one block of memory: appended at the end, consumed at the front.
final class ByteQueue {
    private var memory: UnsafeMutableRawPointer?
    private var capacity = 0
    private var start = 0
    private var end = 0

    init() {}

    deinit { free(memory) }

    var count: Int { end - start }
    var isEmpty: Bool { start == end }

    /// The bytes, until the queue is next changed.
    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: memory.map { UnsafeRawPointer($0 + start) }, count: end - start)
    }

    func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        reserve(bytes.count).baseAddress!.copyMemory(from: source, byteCount: bytes.count)
        end += bytes.count
    }

    /// Room for at least `more` bytes behind the last; `filled` tells how many were put there.
    func reserve(_ more: Int) -> UnsafeMutableRawBufferPointer {
        if start == end {
            start = 0
            end = 0
        }
        if capacity - end < more {
            if start > 0, capacity - count >= more, start >= count {
                memmove(memory!, memory! + start, count)
            } else {
                let wanted = max(capacity * 2, count + more, 512)
                let larger = malloc(wanted)!
                if let memory { memcpy(larger, memory + start, count) }
                free(memory)
                memory = larger
                capacity = wanted
            }
            end -= start
            start = 0
        }
        return UnsafeMutableRawBufferPointer(start: memory! + end, count: capacity - end)
    }

    func filled(_ count: Int) { end += count }

    func consume(_ count: Int) { start += count }

    /// Forgets the bytes, and gives the memory back where it is more than `keeping`.
    func clear(keeping: Int) {
        start = 0
        end = 0
        guard capacity > keeping else { return }
        free(memory)
        memory = nil
        capacity = 0
    }
}
