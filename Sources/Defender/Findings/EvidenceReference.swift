import JSON

/// What a finding was found from.
public struct EvidenceReference: Hashable, Sendable {
    /// The event's `Name`, or what else was observed: `twin`, `clock`, `authentication`, `window`, `registry`, `tls`.
    public let source: String
    /// The event's `Id`; nil for what is no agent's event.
    public let eventID: String?
    /// More, as JSON text, in the form that the service publishes where it does.
    public let data: [UInt8]?

    /// Bytes of `data` that are kept; a longer one is left out.
    static let maximumData = 4096
    /// Characters of an agent's text that are kept.
    static let maximumText = 200

    init(_ source: String, eventID: String? = nil, data: [UInt8]? = nil) {
        self.source = source
        self.eventID = eventID.map { String($0.prefix(Self.maximumText)) }
        self.data = data.flatMap { $0.count <= Self.maximumData ? $0 : nil }
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("source")
        json.value(source)
        json.key("eventId")
        json.value(eventID)
        json.key("data")
        if let data { json.raw(data) } else { json.null() }
        json.endObject()
    }
}
