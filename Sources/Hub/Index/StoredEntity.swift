import JSON
import Journal
import Twins
import Vocabulary

/// An entity as it stands in a snapshot's line, read when it is first needed. The line was validated before it was
/// written, its checksum when the snapshot was opened, and what the first of them hold as well.
struct StoredEntity: Sendable {
    /// The line's JSON object.
    let line: LogSlice
    let place: StoredPlace

    /// Nil where the line does not begin with a key.
    init?(_ line: LogSlice) {
        guard let place = line.withBytes({ StoredPlace($0, at: LogPlace(line)) }) else { return nil }
        self.line = line
        self.place = place
    }

    init(_ place: StoredPlace, in snapshot: LogBytes) {
        self.place = place
        line = place.line.slice(of: snapshot)
    }

    func withKey<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        line.withBytes { body(place.key(in: $0)) }
    }

    var id: TwinID { withKey { TwinID(trusted: String(decoding: $0, as: UTF8.self)) } }

    var isModule: Bool { withKey { $0.contains(UInt8(ascii: "/")) } }

    func hasKey(_ other: UnsafeRawBufferPointer) -> Bool { withKey { $0.isEqual(to: other) } }

    /// The entity.
    ///
    /// - Throws: what is wrong with the line, where it is not what this version writes.
    func entity() throws -> Entity { try EntityRecord.read(JSONDocument(parsing: line.array).root) }

    /// The entity. Only a defect of TwinHub's, or a hand that made its checksum right, leads to a line that is none; going on
    /// without the twin would lose it silently.
    func restored() -> Entity {
        do {
            return try entity()
        } catch {
            fatalError("\(line.damage("\(error)")); `twinhub log verify` looks for more")
        }
    }
}
