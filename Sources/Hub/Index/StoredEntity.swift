import JSON
import Twins
import Vocabulary

/// An entity as it stands in a snapshot's line, read when it is first needed. The line was validated before it was
/// written, and its checksum when the snapshot was opened.
struct StoredEntity: @unchecked Sendable {
    /// The line's JSON object; memory that `owner` keeps mapped and nobody writes to, hence sendable.
    let line: UnsafeRawBufferPointer
    let owner: AnyObject & Sendable

    /// Every line begins with its key, which can hold neither quotes nor escapes.
    private static let opening: StaticString = #"{"id":""#

    /// Nil where the line does not begin with a key.
    init?(line: UnsafeRawBufferPointer, owner: AnyObject & Sendable) {
        let start = Self.opening.utf8CodeUnitCount
        guard line.count > start, let quote = line[start...].firstIndex(of: UInt8(ascii: "\"")), quote > start,
            line.prefix(start).elementsEqual(UnsafeBufferPointer(start: Self.opening.utf8Start, count: start))
        else { return nil }
        self.line = line
        self.owner = owner
    }

    var key: UnsafeRawBufferPointer {
        let start = Self.opening.utf8CodeUnitCount
        let end = line[start...].firstIndex(of: UInt8(ascii: "\"")) ?? start
        return UnsafeRawBufferPointer(rebasing: line[start..<end])
    }

    func hasKey(_ other: UnsafeRawBufferPointer) -> Bool {
        let start = Self.opening.utf8CodeUnitCount
        guard line.count > start + other.count, line[start + other.count] == UInt8(ascii: "\"") else { return false }
        return line[start..<start + other.count].elementsEqual(other)
    }

    /// The entity. A line whose checksum is right and whose content is not what this version writes is a defect of
    /// TwinHub's; going on without the twin would lose it silently.
    func restored() -> Entity {
        do {
            return try EntityRecord.read(JSONDocument(parsing: Array(line)).root)
        } catch {
            fatalError("snapshot line of '\(String(decoding: key, as: UTF8.self))': \(error)")
        }
    }
}

extension Stripe.Slot {
    /// The id, where this holds a device.
    var deviceID: TwinID? {
        switch self {
        case .empty: return nil
        case .entity(let entity): return entity.id.isModule ? nil : entity.id
        case .stored(let stored):
            return stored.key.contains(UInt8(ascii: "/")) ? nil : TwinID(trusted: String(decoding: stored.key, as: UTF8.self))
        }
    }
}
