/// The segments of a folder by the sequence each begins with.
struct SegmentHeads {
    /// Compressed and covered segments that no replay reads, rising and without gaps.
    private(set) var history: [Catalog.Segment] = []
    private var plain: [(segment: SegmentScan.Segment, first: UInt64?)] = []

    init(_ contents: LogFolder.Contents, in folder: LogFolder) throws(LogFailure) {
        for number in contents.compressed {
            // A damaged one hides itself and what is older: history has no gaps. `verify` names it.
            let segment = try CompressedSegment(number, in: folder)
            guard let member = try? segment.member(at: 0) else {
                history = []
                continue
            }
            history.append(
                Catalog.Segment(
                    number: number, firstSequence: member.firstSequence, end: segment.file.bytes.count,
                    isCompressed: true))
        }
        for number in contents.plain {
            let bytes = try folder.map(LogFolder.segment(number))
            var scanner = LineScanner(bytes.bytes)
            var first: UInt64?
            if case .line(let range) = scanner.next() {
                first = LineScanner.record(in: bytes, at: range)?.sequence
            }
            plain.append((SegmentScan.Segment(number: number, bytes: bytes), first))
        }
    }

    /// The plain segments that a replay after a snapshot reads, and the sequence that they must begin with. Those
    /// before them become history.
    mutating func start(after covering: UInt64) -> (segments: [SegmentScan.Segment], firstSequence: UInt64) {
        let begin = plain.lastIndex { $0.first.map { $0 <= covering + 1 } ?? false } ?? 0
        for (segment, first) in plain[..<begin] {
            guard let first else {
                history = []
                continue
            }
            history.append(
                Catalog.Segment(number: segment.number, firstSequence: first, end: segment.bytes.bytes.count))
        }
        let first = plain.indices.contains(begin) ? plain[begin].first : nil
        let isReached = first.map { $0 <= covering + 1 } ?? false
        return (plain[begin...].map(\.segment), isReached ? first! : covering + 1)
    }
}
