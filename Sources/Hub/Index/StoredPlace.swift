import Journal
import Vocabulary

/// Where an entity's line stands in a snapshot, and how long its key is: all that is kept of one that nobody has needed yet.
struct StoredPlace: Hashable, Sendable {
    /// The line's JSON object.
    let line: LogPlace
    private let keyLength: UInt16

    /// Every line begins with its key, which can hold neither quotes nor escapes.
    private static let opening: StaticString = #"{"id":""#
    private static let keyStart = opening.utf8CodeUnitCount

    /// Nil where the line does not begin with a key.
    init?(_ line: UnsafeRawBufferPointer, at place: LogPlace) {
        let opening = UnsafeRawBufferPointer(start: Self.opening.utf8Start, count: Self.keyStart)
        guard line.count > opening.count, UnsafeRawBufferPointer(rebasing: line[..<opening.count]).isEqual(to: opening),
            let quote = line[opening.count...].firstIndex(of: UInt8(ascii: "\"")),
            let length = UInt16(exactly: quote - opening.count)
        else { return nil }
        self.line = place
        keyLength = length
    }

    /// The key, in the bytes of the line.
    func key(in line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: line[Self.keyStart..<Self.keyStart + Int(keyLength)])
    }
}
