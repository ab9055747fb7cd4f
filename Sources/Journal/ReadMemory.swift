import Glibc

/// Memory that parts of a file are read into, one after the other.
struct ReadMemory: ~Copyable {
    /// A page.
    static let alignment = 4096

    private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    /// What has been read.
    private(set) var bytes = UnsafeRawBufferPointer(start: nil, count: 0)
    private var offset = 0

    /// Reads on until there are so many bytes from an offset on; what has been read from there stays.
    mutating func fill(to count: Int, from file: InputFile, at offset: Int) throws(LogFailure) {
        let kept = offset == self.offset ? min(bytes.count, count) : 0
        if count > memory.count {
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: Self.alignment)
            larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<kept]))
            memory.deallocate()
            memory = larger
        }
        self.offset = offset
        bytes = UnsafeRawBufferPointer(rebasing: memory[..<kept])
        try file.read(UnsafeMutableRawBufferPointer(rebasing: memory[kept..<count]), at: offset + kept)
        bytes = UnsafeRawBufferPointer(rebasing: memory[..<count])
    }

    /// Where the first newline stands.
    func newline(from start: Int, to end: Int) -> Int? {
        guard start < end, let base = bytes.baseAddress else { return nil }
        guard let found = memchr(base + start, Int32(LogLine.newline), end - start) else { return nil }
        return UnsafeRawPointer(found) - base
    }

    deinit { memory.deallocate() }
}
