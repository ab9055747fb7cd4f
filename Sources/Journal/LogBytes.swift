import CSystem
import Glibc

/// Bytes that never move and never change while somebody holds this object: a mapped file, or an allocation.
///
/// Sendable without a lock: everything is immutable after the initialiser.
public final class LogBytes: @unchecked Sendable {
    private enum Storage {
        case mapping
        case allocation
        case nothing
    }

    /// All the bytes; valid as long as this object lives.
    public let bytes: UnsafeRawBufferPointer
    private let storage: Storage

    /// Maps the first `count` bytes of an open file. The file may be closed, renamed or unlinked afterwards, and may
    /// grow; it must not be cut to less than what is read here.
    init(mapping descriptor: Int32, count: Int, path: String) throws(LogFailure) {
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
        bytes = UnsafeRawBufferPointer(start: memory.baseAddress, count: Swift.min(count, capacity))
        storage = .allocation
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
