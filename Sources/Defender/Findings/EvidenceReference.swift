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
    /// Bytes of an agent's text that are kept: one character can be of any length.
    static let maximumText = 200

    init(_ source: String, eventID: String? = nil, data: [UInt8]? = nil) {
        self.source = Self.cut(source)
        self.eventID = eventID.map { Self.cut($0) }
        self.data = data.flatMap { $0.count <= Self.maximumData ? $0 : nil }
    }

    /// As much of an agent's text as is kept.
    static func cut(_ text: String) -> String {
        text.utf8.count <= maximumText ? text : String(decoding: text.utf8.prefix(maximumText), as: UTF8.self)
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
