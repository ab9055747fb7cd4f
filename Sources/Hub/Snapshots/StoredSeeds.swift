import JSON
import Journal

/// Identities of the seed as they stand in a snapshot's lines, `{"seeded":{…}}`, read when they are first needed: only a reset
/// needs them. The lines were validated before they were written, and their checksums when the snapshot was opened.
struct StoredSeeds: Sendable {
    let snapshot: LogBytes
    /// The lines' JSON objects.
    var places: [LogPlace]

    private static let opening: StaticString = #"{"seeded":{"#

    /// Whether a line is one of these.
    static func isOne(_ line: UnsafeRawBufferPointer) -> Bool {
        line.starts(with: UnsafeBufferPointer(start: opening.utf8Start, count: opening.utf8CodeUnitCount))
    }

    /// The identity in a line.
    ///
    /// - Throws: what is wrong with the line, where it is not what this version writes.
    static func identity(in line: LogSlice) throws -> SeededIdentity {
        guard let seeded = try JSONDocument(parsing: line.array).root["seeded"] else { throw RecordError("seeded") }
        return try SeededIdentity(record: seeded)
    }

    /// The identities. A line whose checksum is right and whose content is not what this version writes is a defect of
    /// TwinHub's; going on without the device would lose it silently.
    var identities: [SeededIdentity] {
        places.map { place in
            let line = place.slice(of: snapshot)
            do { return try Self.identity(in: line) } catch {
                fatalError("\(line.damage("\(error)")); `twinhub log verify` looks for more")
            }
        }
    }
}
