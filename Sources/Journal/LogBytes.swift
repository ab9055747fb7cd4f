import CSystem
import Glibc
import Vocabulary

/// Bytes that never move and never change while somebody holds this object: a mapped file, or an allocation.
///
/// Sendable without a lock: nothing that somebody was told of changes any more; `MemoryLog` adds behind it under its lock.
public final class LogBytes: @unchecked Sendable {
    private enum Storage {
        case mapping
        case allocation
        case nothing
    }

    /// All the bytes; valid as long as this object lives.
    public let bytes: UnsafeRawBufferPointer
    /// The mapped file's name in the log's folder; empty for memory.
    public let file: String
    private let storage: Storage

    /// Maps the first `count` bytes of an open file. The file may be closed, renamed or unlinked afterwards, and may
    /// grow; it must not be cut to less than what is read here.
    init(mapping descriptor: Int32, count: Int, path: String) throws(LogFailure) {
        file = String(path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...])
        guard count > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            storage = .nothing
            return
        }
        let base = mmap(nil, count, PROT_READ, MAP_SHARED, descriptor, 0)
        guard let base, base != MAP_FAILED else {
            throw .unusable(path: path, reason: "cannot be mapped: \(SystemError.text())")
        }
        bytes = UnsafeRawBufferPointer(start: base, count: count)
        storage = .mapping
    }

    /// Fresh memory, filled by `fill`, which answers how many bytes of it count.
    init(capacity: Int, fill: (UnsafeMutableRawBufferPointer) -> Int) {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: Swift.max(capacity, 1), alignment: 16)
        let count = fill(memory)
        file = ""
        bytes = UnsafeRawBufferPointer(start: memory.baseAddress, count: Swift.min(count, capacity))
        storage = .allocation
    }

    /// Memory to be written bit by bit.
    convenience init(reserving capacity: Int) { self.init(capacity: capacity) { _ in capacity } }

    /// Writes where nobody has been told yet that there is anything to read; the caller's lock orders the telling.
    func write(_ source: UnsafeRawBufferPointer, at offset: Int) {
        precondition(offset + source.count <= bytes.count)
        guard source.count > 0 else { return }
        UnsafeMutableRawPointer(mutating: bytes.baseAddress!).advanced(by: offset).copyMemory(
            from: source.baseAddress!, byteCount: source.count)
    }

    /// A copy of bytes that live elsewhere.
    public convenience init(copying source: UnsafeRawBufferPointer) {
        self.init(capacity: source.count) { memory in
            memory.copyMemory(from: source)
            return source.count
        }
    }

    /// Tells the kernel that all of a mapping is about to be read, front to back.
    func expectSequentialReading() {
        guard case .mapping = storage else { return }
        madvise(UnsafeMutableRawPointer(mutating: bytes.baseAddress!), bytes.count, Int32(MADV_SEQUENTIAL))
    }

    deinit {
        switch storage {
        case .mapping: munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress!), bytes.count)
        case .allocation: bytes.deallocate()
        case .nothing: break
        }
    }
}
