import JSON
import Vocabulary

/// One thing found about a device, with what it was found from.
public struct Finding: Hashable, Sendable {
    public let type: FindingType
    /// What was found, in one line.
    public internal(set) var text: String
    public internal(set) var evidence: EvidenceReference
    /// How often evidence of it came since it was opened.
    public internal(set) var count: Int
    public let opened: Timestamp
    public internal(set) var updated: Timestamp
    /// Nil while it stands.
    public internal(set) var closed: Timestamp?

    public var isOpen: Bool { closed == nil }

    /// How long an alert stands after its last evidence: the service sums alerts up by the day (defender.md section 6.1),
    /// and when it considers one over is not published.
    public static let alertSeconds: Double = 24 * 3600

    /// Writes one object:
    ///
    ///     {"type":"IoT_OpenPorts","displayName":"Open Ports on device","kind":"deviceRecommendation",
    ///      "severity":"Medium","text":"1 listening endpoint","mark":"documented","state":"open","count":1,
    ///      "opened":"2020-01-02T11:39:26Z","updated":"2020-01-02T11:39:26Z","closed":null,
    ///      "evidence":{"source":"ListeningPorts","eventId":"9c64…","data":{…}}}
    ///
    /// `severity` is null where none is published, `mark` is `documented` or `approximation`, `state` `open` or `closed`,
    /// `eventId` null for what is no agent's event, and `data` null where the text says all.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("type")
        json.value(type.name)
        json.key("displayName")
        json.value(type.displayName)
        json.key("kind")
        json.value(type.kind.rawValue)
        json.key("severity")
        json.value(type.severity?.rawValue)
        json.key("text")
        json.value(text)
        json.key("mark")
        json.value(type.mark.rawValue)
        json.key("state")
        json.value(isOpen ? "open" : "closed")
        json.key("count")
        json.value(count)
        json.key("opened")
        json.value(opened.description)
        json.key("updated")
        json.value(updated.description)
        json.key("closed")
        json.value(closed?.description)
        json.key("evidence")
        evidence.write(to: &json)
        json.endObject()
    }
}
