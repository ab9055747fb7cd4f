import JSON
import Vocabulary

/// Sections that a client sent, checked, in the form the hub keeps and logs:
/// `{"tags":{…},"properties":{"desired":{…},"reported":{…}}}`, absent ones left out.
struct SectionsDocument: Sendable {
    let document: JSONDocument
    /// Nodes on the document's tape.
    let tags: Int?
    let desired: Int?
    let reported: Int?

    /// Each section is an object, or null or nil where it is absent.
    init(
        tags: JSONValue?, desired: JSONValue?, reported: JSONValue?, nulls: PropertyReader.Nulls, limits: TwinLimits
    ) throws(HubError) {
        let tags = tags.flatMap { $0.isNull ? nil : $0 }
        let desired = desired.flatMap { $0.isNull ? nil : $0 }
        let reported = reported.flatMap { $0.isNull ? nil : $0 }
        var output: [UInt8] = []
        output.reserveCapacity(
            (tags?.range.count ?? 0) + (desired?.range.count ?? 0) + (reported?.range.count ?? 0) + Self.roomForNames)
        output.append(UInt8(ascii: "{"))
        if let tags {
            output.append("\"tags\":")
            try Self.append(tags, nulls, limits, to: &output)
        }
        if desired != nil || reported != nil {
            output.append(tags == nil ? "\"properties\":{" : ",\"properties\":{")
            if let desired {
                output.append("\"desired\":")
                try Self.append(desired, nulls, limits, to: &output)
            }
            if let reported {
                output.append(desired == nil ? "\"reported\":" : ",\"reported\":")
                try Self.append(reported, nulls, limits, to: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
        output.append(UInt8(ascii: "}"))
        let source = (tags ?? desired ?? reported)?.whole
        let document = try KeptDocument.parse(output, of: source, envelope: .twin)
        if let source, document.isSame(as: source) {
            self.init(document, tags: tags?.index, desired: desired?.index, reported: reported?.index)
        } else {
            self.init(document)
        }
    }

    /// Sections in that form.
    init(kept bytes: [UInt8]) throws(HubError) {
        self.init(try KeptDocument.parse(bytes, of: nil, envelope: .twin))
    }

    private init(_ document: JSONDocument) {
        let root = document.root
        let properties = root["properties"]
        self.init(
            document, tags: root["tags"]?.index, desired: properties?["desired"]?.index,
            reported: properties?["reported"]?.index)
    }

    private init(_ document: JSONDocument, tags: Int?, desired: Int?, reported: Int?) {
        self.document = document
        self.tags = tags
        self.desired = desired
        self.reported = reported
    }

    private static let roomForNames = 64

    private static func append(
        _ section: JSONValue, _ nulls: PropertyReader.Nulls, _ limits: TwinLimits, to output: inout [UInt8]
    ) throws(HubError) {
        try section.withTape { tape throws(HubError) in
            var reader = PropertyReader(tape, limits: limits, nulls: nulls, skipsReadOnly: true, envelope: .twin)
            try reader.copySection(section.index, to: &output)
        }
    }

    /// Whether there is nothing in any section.
    var isEmpty: Bool {
        document.withTape { tape in
            [tags, desired, reported].allSatisfy { node in node.map { tape[$0].count == 0 } ?? true }
        }
    }

    /// The two sections of a service body. What else a body holds is not the service's to write: `reported`, the
    /// identity's fields, counters, `etag` (twins.md section 5).
    static func members(
        of body: JSONValue
    ) throws(HubError) -> (tags: JSONValue?, properties: JSONValue?, desired: JSONValue?) {
        guard body.kind == .object else { throw .notAnObject(envelope: .twin) }
        let properties = body["properties"]
        if let properties, !properties.isNull, properties.kind != .object {
            throw .sectionNotAnObject(envelope: .twin)
        }
        return (body["tags"], properties, properties?["desired"])
    }
}
