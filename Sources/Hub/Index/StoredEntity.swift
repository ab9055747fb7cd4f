import JSON
import Journal
import Twins
import Vocabulary

/// An entity as it stands in a snapshot's line, read when it is first needed. The line was validated before it was
/// written, its checksum when the snapshot was opened, and what the first of them hold as well.
struct StoredEntity: Sendable {
    /// The line's JSON object.
    let line: LogSlice
    private let keyLength: Int

    /// Every line begins with its key, which can hold neither quotes nor escapes.
    private static let opening: StaticString = #"{"id":""#

    /// Nil where the line does not begin with a key.
    init?(_ line: LogSlice) {
        let start = Self.opening.utf8CodeUnitCount
        let length = line.withBytes { bytes -> Int? in
            guard bytes.count > start,
                bytes.prefix(start).elementsEqual(UnsafeBufferPointer(start: Self.opening.utf8Start, count: start)),
                let quote = bytes[start...].firstIndex(of: UInt8(ascii: "\""))
            else { return nil }
            return quote - start
        }
        guard let length else { return nil }
        self.line = line
        keyLength = length
    }

    func withKey<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        line.withBytes { bytes in
            let start = Self.opening.utf8CodeUnitCount
            return body(UnsafeRawBufferPointer(rebasing: bytes[start..<start + keyLength]))
        }
    }

    var id: TwinID { withKey { TwinID(trusted: String(decoding: $0, as: UTF8.self)) } }

    var isModule: Bool { withKey { $0.contains(UInt8(ascii: "/")) } }

    func hasKey(_ other: UnsafeRawBufferPointer) -> Bool {
        other.count == keyLength && withKey { $0.isEqual(to: other) }
    }

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

extension Stripe.Slot {
    /// The id of what this holds.
    var key: TwinID? {
        switch self {
        case .empty: nil
        case .entity(let entity): entity.id
        case .stored(let stored): stored.id
        }
    }

    /// The id, where this holds a device.
    var deviceID: TwinID? {
        switch self {
        case .empty: return nil
        case .entity(let entity): return entity.id.isModule ? nil : entity.id
        case .stored(let stored):
            return stored.withKey { key in
                key.contains(UInt8(ascii: "/")) ? nil : TwinID(trusted: String(decoding: key, as: UTF8.self))
            }
        }
    }
}
