/// What a journal knows of its files and its state; behind the journal's lock.
struct Catalog {
    struct Segment {
        var number: Int
        var firstSequence: UInt64
        /// The file's bytes that may hold text; NULs may follow it.
        var end: Int
        var isCompressed = false
        var index = SparseIndex()
    }

    enum Phase {
        case opened
        case writing
        case closed
    }

    var phase = Phase.opened
    /// Rising and without gaps in their sequences; the last one is being written.
    var segments: [Segment] = []
    var lastSequence: UInt64 = 0
    var health = LogHealth.writable
    /// How much room the refused append wanted; 0 where none was refused for want of room.
    var wantedBytes = 0

    var active: SegmentFile?
    var prepared: SegmentFile?
    var isPreparing = false
    /// Segments with records that no sync has covered yet, but for the active one.
    var unsynced: [SegmentFile] = []
    var isSyncScheduled = false

    var snapshotCovering: UInt64 = 0
    var snapshotSize = 0
    var appendedSinceSnapshot = 0
    var isSnapshotting = false

    var oldestSequence: UInt64 {
        segments.first { $0.firstSequence != 0 }?.firstSequence ?? lastSequence + 1
    }

    /// The segment in which a record is or, at the log's end, will be.
    func segment(holding sequence: UInt64) -> Segment? {
        let following = segments.partitionPoint { $0.firstSequence == 0 || $0.firstSequence > sequence }
        return following == 0 ? nil : segments[following - 1]
    }

    /// The oldest plain segment all of whose records the snapshot covers.
    var nextCovered: Segment? {
        guard let index = segments.firstIndex(where: { !$0.isCompressed }), index + 1 < segments.count else {
            return nil
        }
        let next = segments[index + 1].firstSequence
        return next != 0 && next <= snapshotCovering + 1 ? segments[index] : nil
    }

    /// The oldest segment, if the snapshot covers all of it, and the first sequence after it.
    var oldestCovered: (oldest: Segment, next: UInt64)? {
        guard segments.count > 1, segments[0].firstSequence != 0 else { return nil }
        let next = segments[1].firstSequence
        return next != 0 && next <= snapshotCovering + 1 && next <= lastSequence ? (segments[0], next) : nil
    }

    mutating func noteAppend(of sequence: UInt64, through last: UInt64, at offset: Int, to end: Int) {
        let index = segments.count - 1
        if segments[index].firstSequence == 0 { segments[index].firstSequence = sequence }
        segments[index].index.note(sequence, at: offset)
        segments[index].end = end
        appendedSinceSnapshot += end - offset
        lastSequence = last
        health = .writable
        wantedBytes = 0
    }
}
