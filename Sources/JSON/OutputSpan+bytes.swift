extension OutputSpan<UInt8> {
    /// Appends bytes for which there is room.
    @inline(__always)
    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let source = bytes.baseAddress else { return }
        precondition(bytes.count <= freeCapacity)
        withUnsafeMutableBufferPointer { buffer, initialized in
            guard let base = buffer.baseAddress else { return }
            (base + initialized).update(from: source, count: bytes.count)
            initialized &+= bytes.count
        }
    }
}
