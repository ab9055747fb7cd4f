import JSON
import Journal
import Vocabulary

/// An event with its place in the store.
public struct StoredEvent: LogEntry {
    /// 1 for the store's first; readers ask for what comes after one.
    public let sequence: UInt64
    public let enqueuedTime: Timestamp
    public let source: EventSource
    /// As `EncodedEvent` made it.
    let object: [UInt8]

    init(sequence: UInt64, _ event: EncodedEvent) {
        self.sequence = sequence
        enqueuedTime = event.time
        source = event.source
        object = event.object
    }

    public init(_ record: LogRecord) throws {
        guard let source = EventSource(rawValue: record.kind) else { throw UnknownSource(name: record.kind) }
        sequence = record.sequence
        enqueuedTime = record.time
        self.source = source
        object = record.event.array
    }

    public var footprint: Int { object.count + Self.overhead }
    private static let overhead = 96

    /// `{"sequence","enqueuedTime","source","deviceId","moduleId",["transport",]["hubSequence",]"systemProperties",
    /// "properties",["endpoints",["enrichments",]]"body"|"bodyBase64"}`. An event that tells of a change in the hub names it in
    /// `hubSequence`; a message that has come by another protocol than MQTT names that in `transport`; what came while routes
    /// were declared names the endpoints to which they send it.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("sequence")
        json.value(sequence)
        json.key("enqueuedTime")
        json.value(enqueuedTime.description)
        json.key("source")
        json.value(source.rawValue)
        json.raw(object.dropFirst().dropLast())
        json.endObject()
    }

    /// The device that it is about; it stands first, so that nothing else is read. Nil for what is no event.
    public var deviceID: String? {
        let start = Self.beginning.count
        guard object.starts(with: Self.beginning),
            let end = object[start...].firstIndex(of: UInt8(ascii: "\""))
        else { return nil }
        // An id never holds what JSON has to escape (`TwinID`).
        return String(decoding: object[start..<end], as: UTF8.self)
    }

    private static let beginning = Array(#"{"deviceId":""#.utf8)

    /// Whether a device has sent it by HTTP; it stands behind the ids, so that nothing else is read.
    public var cameByHTTP: Bool {
        guard object.starts(with: Self.beginning),
            let device = object[Self.beginning.count...].firstIndex(of: UInt8(ascii: "\""))
        else { return false }
        var rest = object[(device + 1)...]
        guard rest.starts(with: Self.module) else { return false }
        rest = rest.dropFirst(Self.module.count)
        let isNull = rest.first != UInt8(ascii: "\"")
        guard let end = rest.dropFirst().firstIndex(of: UInt8(ascii: isNull ? "," : "\"")) else { return false }
        return rest[(isNull ? end : end + 1)...].starts(with: Self.http)
    }

    private static let module = Array(#","moduleId":"#.utf8)
    private static let http = Array(#","transport":"http","#.utf8)

    /// The hub's own record that it tells of; nil for what came from outside.
    var hubSequence: UInt64? {
        try? JSONDocument(parsing: object).root["hubSequence"]?.counter
    }
}

/// A record of the event log whose checksum is right and whose source is none that this version knows.
struct UnknownSource: Error, CustomStringConvertible {
    let name: String
    var description: String { "no source of events is called '\(name)'" }
}
