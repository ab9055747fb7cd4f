import JSON

/// Where a security message departs from the official schema. Ingest is lenient, the lint is strict (defender.md section 5.2):
/// nothing here refuses a message.
public struct MessageLint: Hashable, Sendable {
    public let rule: Rule
    /// The member that it is about, from the root of what was checked: `Events[0].Payload[1].ExtraDetails.x`; empty where
    /// it is about the root.
    public let path: String
    /// Where in the message's body the offending value stands.
    public let range: Range<Int>
    /// Which agent is known to send exactly this; nil for a departure that is nobody's.
    public let knownOf: String?
    /// What a reader said of a body that it could not read; nil for the schema's own rules, which say all by their names.
    public var detail: String?

    public enum Rule: String, CaseIterable, Sendable {
        case notAnObject
        case missingField
        case unknownField
        case wrongType
        case notOneOf
        case extraDetailNotAString
        /// A GUID or an address that is none.
        case wrongFormat
        /// An event without payload that does not say so, or one with payload that says it has none.
        case emptinessContradicts
        /// The event's form before 1.0, with `IsOperational`.
        case formerForm
        case unknownEvent
        /// The body is not the JSON that it should be.
        case notJSON
        /// The body is not the FlatBuffers text that `mti` calls it.
        case notFlatBuffers
        /// `mti` is of no known form, or of a schema of another major version.
        case unknownMessageType
    }

    /// The same finding, seen from further out.
    func under(_ prefix: String) -> MessageLint {
        let full = path.isEmpty ? prefix : "\(prefix).\(path)"
        return MessageLint(rule: rule, path: full, range: range, knownOf: knownOf, detail: detail)
    }

    /// Checks one item of a payload.
    public static func check(_ item: JSONValue, against schema: EventSchema) -> [MessageLint] {
        guard item.kind == .object else {
            return [MessageLint(rule: .notAnObject, path: "", range: item.range, knownOf: nil)]
        }
        if schema.name == "ConnectedHardware", item["ConnectedHardware"]?.kind == .string, item.count == 1 {
            let known = "the C# agent on Windows sends ConnectedHardware as its one field"
            return [MessageLint(rule: .unknownField, path: "ConnectedHardware", range: item.range, knownOf: known)]
        }
        var found: [MessageLint] = []
        for (key, value) in item.members {
            if key == "ExtraDetails" {
                found += extraDetails(value)
            } else if let field = schema.fields.first(where: { $0.name == key }) {
                if let rule = violation(of: field.type, by: value) {
                    let known = departure(key, value, in: schema)
                    found.append(MessageLint(rule: rule, path: key, range: value.range, knownOf: known))
                }
            } else {
                found.append(MessageLint(rule: .unknownField, path: key, range: value.range, knownOf: nil))
            }
        }
        for field in schema.fields where field.isRequired && item[field.name] == nil {
            found.append(MessageLint(rule: .missingField, path: field.name, range: item.range, knownOf: nil))
        }
        if !schema.eitherOf.isEmpty, schema.eitherOf.allSatisfy({ item[$0] == nil }) {
            let path = schema.eitherOf.joined(separator: "|")
            found.append(MessageLint(rule: .missingField, path: path, range: item.range, knownOf: nil))
        }
        return found
    }

    private static func violation(of type: PayloadField.FieldType, by value: JSONValue) -> Rule? {
        switch type {
        case .string: value.kind == .string ? nil : .wrongType
        case .address: value.string.map { AddressText.holds($0) ? nil : .wrongFormat } ?? .wrongType
        case .guid: value.string.map { GUIDText.holds($0) ? nil : .wrongFormat } ?? .wrongType
        case .integer: value.int != nil ? nil : .wrongType
        case .boolean: value.kind == .bool ? nil : .wrongType
        case .oneOf(let words): value.string.map { words.contains($0) ? nil : .notOneOf } ?? .wrongType
        }
    }

    private static func extraDetails(_ details: JSONValue) -> [MessageLint] {
        guard details.kind == .object else {
            return [MessageLint(rule: .wrongType, path: "ExtraDetails", range: details.range, knownOf: nil)]
        }
        return details.members.compactMap { key, value in
            guard value.kind != .string else { return nil }
            let known = key == "HitCount" && value.int != nil ? "the C agent sends HitCount as a number" : nil
            return MessageLint(
                rule: .extraDetailNotAString, path: "ExtraDetails.\(key)", range: value.range, knownOf: known)
        }
    }

    /// What sections 5.3 and 5.4 tell of the agents.
    private static func departure(_ key: String, _ value: JSONValue, in schema: EventSchema) -> String? {
        switch (schema.name, key) {
        case ("ConnectionCreate", "RemotePort") where value.int == 0:
            "the C agent sends the client's port of an aggregated connection as the number 0"
        case ("DroppedEventsStatistics", "Queue") where value.string == "Operational":
            "the C# agent counts its operational queue too"
        case ("OSBaseline", "Result") where ["pass", "fail", "err"].contains(value.string?.lowercased()):
            "the C agent forwards its scanner's own spelling"
        default: nil
        }
    }
}
