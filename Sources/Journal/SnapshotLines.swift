/// Lines of a snapshot that follow one another, read and checked. Lent: good only while they are looked at.
public struct SnapshotLines {
    /// What is kept of a line is kept as a part of these bytes.
    public let owner: LogBytes
    /// Where `text` stands in them.
    let start: Int
    private let text: UnsafeRawBufferPointer
    /// What the snapshot's writer gave, line by line, in `text`.
    private let bodies: [Range<Int>]

    init(owner: LogBytes, start: Int, text: UnsafeRawBufferPointer, bodies: [Range<Int>]) {
        self.owner = owner
        self.start = start
        self.text = text
        self.bodies = bodies
    }

    public var count: Int { bodies.count }

    /// Hands over each line as it has been read, and its place. Looking at the place itself would bring the file's own page in.
    ///
    /// - Throws: what is said against a line, with where that stands.
    public func forEach(_ body: (_ line: UnsafeRawBufferPointer, LogPlace) throws -> Void) throws(LogFailure) {
        for range in bodies {
            let place = LogPlace(offset: start + range.lowerBound, count: range.count)
            do { try body(UnsafeRawBufferPointer(rebasing: text[range]), place) } catch {
                throw .damaged(place.slice(of: owner).damage("\(error)"))
            }
        }
    }

    var slices: [LogSlice] {
        bodies.map { LogSlice(owner: owner, offset: start + $0.lowerBound, count: $0.count) }
    }
}
