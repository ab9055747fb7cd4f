import JSON
import Journal

/// Opening a store: all that it needs to know of its past is how far it has followed the hub, which a snapshot says in one
/// line.
final class EventStoreReplay: LogVisitor {
    private(set) var hubSequence: UInt64 = 0

    func beginSnapshot(covering sequence: UInt64, lines: Int) {}

    func visitSnapshotLine(_ line: LogSlice) throws {
        guard let value = try JSONDocument(parsing: line.array).root["hubSequence"]?.counter else { return }
        hubSequence = value
    }

    func visit(_ record: LogRecord) throws {
        // Most of what a store holds tells of no change in the hub, and need not be parsed.
        if record.isKind(EventSource.deviceMessages.name) { return }
        if let followed = try StoredEvent(record).hubSequence { hubSequence = max(hubSequence, followed) }
    }

    /// The line of a snapshot.
    static func line(hubSequence: UInt64) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("hubSequence")
        json.value(hubSequence)
        json.endObject()
        return json.bytes
    }
}
