extension [UInt8] {
    /// Appends what `write` puts at its pointer, at most `capacity` bytes; it answers how many. However many pieces that is made
    /// of, the array is asked for room once.
    @inline(__always)
    mutating func append(atMost capacity: Int, _ write: (UnsafeMutablePointer<UInt8>) -> Int) {
        append(addingCapacity: capacity) { span in
            span.withUnsafeMutableBufferPointer { buffer, initialized in
                guard let base = buffer.baseAddress else { return }
                initialized &+= write(base + initialized)
            }
        }
    }
}
