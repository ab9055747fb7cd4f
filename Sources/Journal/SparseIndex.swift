/// Where some of a segment's records begin, so that a reader of history need not start at the front.
struct SparseIndex: Sendable {
    /// One entry for at least this much text.
    static let spacing = 64 << 10

    private var sequences: [UInt64] = []
    private var offsets: [Int] = []

    /// Takes note of a record if it is far enough from the last noted one. In rising order.
    @inline(__always)
    mutating func note(_ sequence: UInt64, at offset: Int) {
        if offset >= (offsets.last ?? 0) + Self.spacing { insert(sequence, offset) }
    }

    private mutating func insert(_ sequence: UInt64, _ offset: Int) {
        sequences.append(sequence)
        offsets.append(offset)
    }

    mutating func forget(from sequence: UInt64) {
        while let last = sequences.last, last >= sequence {
            sequences.removeLast()
            offsets.removeLast()
        }
    }

    /// An offset at or before the record's own at which a line begins.
    func offset(for sequence: UInt64) -> Int {
        let index = sequences.partitionPoint { $0 > sequence }
        return index == 0 ? 0 : offsets[index - 1]
    }
}
