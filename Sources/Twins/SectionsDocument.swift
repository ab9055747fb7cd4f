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
        var output: [UInt8] = []
        output.append(UInt8(ascii: "{"))
        if let tags, !tags.isNull {
            output.append("\"tags\":")
            try Self.append(tags, nulls, limits, to: &output)
        }
        let properties: [(StaticString, JSONValue)] = [("\"desired\":", desired), ("\"reported\":", reported)]
            .compactMap { name, value in value.flatMap { $0.isNull ? nil : (name, $0) } }
        if !properties.isEmpty {
            output.append(output.count > 1 ? ",\"properties\":{" : "\"properties\":{")
            for (index, property) in properties.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                output.append(property.0)
                try Self.append(property.1, nulls, limits, to: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
        output.append(UInt8(ascii: "}"))
        try self.init(kept: output)
    }

    /// Sections in that form.
    init(kept bytes: [UInt8]) throws(HubError) {
        document = try KeptDocument.parse(bytes, envelope: .twin)
        let root = document.root
        tags = root["tags"]?.index
        desired = root["properties"]?["desired"]?.index
        reported = root["properties"]?["reported"]?.index
    }

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
