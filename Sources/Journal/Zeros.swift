import Glibc

/// Runs of NUL bytes, which fill the part of a segment that is not yet written.
enum Zeros {
    /// Whether nothing but zeros stands from `offset` on.
    static func fill(_ bytes: UnsafeRawBufferPointer, from offset: Int) -> Bool {
        end(bytes, from: offset) == bytes.count
    }

    /// Where the zeros end that begin at `offset`; `offset` itself where there is none.
    static func end(_ bytes: UnsafeRawBufferPointer, from offset: Int) -> Int {
        var position = offset
        while position + 8 <= bytes.count, bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self) == 0 {
            position += 8
            // Where eight are zero most likely all are: compare the rest with itself, a page at a time.
            while position + 4096 <= bytes.count,
                memcmp(bytes.baseAddress! + position, bytes.baseAddress! + position - 8, 4096) == 0
            {
                position += 4096
            }
        }
        while position < bytes.count, bytes[position] == 0 { position += 1 }
        return position
    }

    /// How many bytes from `offset` on there are if the zeros at the end do not count.
    static func textCount(_ bytes: UnsafeRawBufferPointer, from offset: Int) -> Int {
        var position = bytes.count
        while position - 8 >= offset, bytes.loadUnaligned(fromByteOffset: position - 8, as: UInt64.self) == 0 {
            position -= 8
        }
        while position > offset, bytes[position - 1] == 0 { position -= 1 }
        return position - offset
    }
}
