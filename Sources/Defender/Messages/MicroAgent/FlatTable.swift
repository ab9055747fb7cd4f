/// A table of a FlatBuffers body: fields by slot, each of them absent or inside the table.
struct FlatTable {
    let buffer: FlatBuffer
    let position: Int
    let size: Int
    let vtable: Int
    let slots: Int

    /// Where the field of a slot stands; nil where the builder left it out.
    func field(_ slot: Int, size fieldSize: Int) throws(FlatBufferError) -> Int? {
        guard slot < slots else { return nil }
        let offset = Int(try buffer.number(at: vtable + 4 + 2 * slot, width: 2))
        if offset == 0 { return nil }
        guard offset >= 4, offset + fieldSize <= size else {
            throw FlatBufferError(reason: .malformedTable, offset: position)
        }
        return position + offset
    }

    /// A number; nil where it was left out, which a builder does with one equal to its default.
    func number(_ slot: Int, width: Int) throws(FlatBufferError) -> UInt64? {
        guard let place = try field(slot, size: width) else { return nil }
        return try buffer.number(at: place, width: width)
    }

    /// What a slot that holds an offset points to.
    func target(_ slot: Int) throws(FlatBufferError) -> Int? {
        guard let place = try field(slot, size: 4) else { return nil }
        return try buffer.target(of: place)
    }
}
