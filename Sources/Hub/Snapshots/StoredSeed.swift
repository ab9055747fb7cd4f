import JSON
import Journal

/// An identity of the seed as it stands in a snapshot's line, `{"seeded":{…}}`, read when it is first needed: only a reset needs
/// it. The line was validated before it was written, and its checksum when the snapshot was opened.
struct StoredSeed: Sendable {
    /// The line's JSON object.
    let line: LogSlice

    private static let opening: StaticString = #"{"seeded":{"#

    /// Nil where the line is another one.
    init?(_ line: LogSlice) {
        let start = UnsafeBufferPointer(start: Self.opening.utf8Start, count: Self.opening.utf8CodeUnitCount)
        guard line.withBytes({ $0.starts(with: start) }) else { return nil }
        self.line = line
    }

    /// The identity.
    ///
    /// - Throws: what is wrong with the line, where it is not what this version writes.
    func identity() throws -> SeededIdentity {
        guard let seeded = try JSONDocument(parsing: line.array).root["seeded"] else { throw RecordError("seeded") }
        return try SeededIdentity(record: seeded)
    }

    /// The identity. A line whose checksum is right and whose content is not what this version writes is a defect of
    /// TwinHub's; going on without the device would lose it silently.
    func restored() -> SeededIdentity {
        do {
            return try identity()
        } catch {
            fatalError("\(line.damage("\(error)")); `twinhub log verify` looks for more")
        }
    }
}
