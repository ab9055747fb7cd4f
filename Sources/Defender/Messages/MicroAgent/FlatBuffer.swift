/// Reads numbers, tables, vectors and strings out of a FlatBuffers body. Every offset is checked before it is followed, so
/// that no body, however made, reads outside of itself.
struct FlatBuffer {
    let bytes: [UInt8]

    /// A little-endian number of 1, 2, 4 or 8 bytes.
    func number(at position: Int, width: Int) throws(FlatBufferError) -> UInt64 {
        guard position >= 0, position <= bytes.count - width else {
            throw FlatBufferError(reason: .outside, offset: position)
        }
        return bytes[position..<position + width].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// What the unsigned 32-bit offset at a position points to.
    func target(of position: Int) throws(FlatBufferError) -> Int {
        let offset = Int(try number(at: position, width: 4))
        guard offset > 0, position + offset < bytes.count else {
            throw FlatBufferError(reason: .outside, offset: position)
        }
        return position + offset
    }

    func table(at position: Int) throws(FlatBufferError) -> FlatTable {
        let distance = Int32(truncatingIfNeeded: try number(at: position, width: 4))
        let vtable = position - Int(distance)
        let length = Int(try number(at: vtable, width: 2))
        let size = Int(try number(at: vtable + 2, width: 2))
        guard length >= 4, length % 2 == 0, vtable + length <= bytes.count, size >= 4, position + size <= bytes.count
        else {
            throw FlatBufferError(reason: .malformedTable, offset: position)
        }
        return FlatTable(buffer: self, position: position, size: size, vtable: vtable, slots: (length - 4) / 2)
    }

    /// A vector's first element and its count, all of which lie in the body.
    func vector(at position: Int, elementSize: Int) throws(FlatBufferError) -> (start: Int, count: Int) {
        let count = Int(try number(at: position, width: 4))
        let start = position + 4
        guard count <= (bytes.count - start) / elementSize else {
            throw FlatBufferError(reason: .outside, offset: position)
        }
        return (start, count)
    }

    func text(at position: Int) throws(FlatBufferError) -> String {
        let (start, count) = try vector(at: position, elementSize: 1)
        return String(decoding: bytes[start..<start + count], as: UTF8.self)
    }
}
