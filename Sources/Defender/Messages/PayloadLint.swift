import JSON

/// One item of a payload held against its event's schema (defender.md sections 5.3 and 5.4).
enum PayloadLint {
    static func check(_ item: JSONValue, against schema: EventSchema, into found: inout LintList) {
        guard item.kind == .object else { return found.add(.notAnObject, "", at: item.range) }
        if schema.name == "ConnectedHardware", item["ConnectedHardware"]?.kind == .string, item.count == 1 {
            let known = "the C# agent on Windows sends ConnectedHardware as its one field"
            return found.add(.unknownField, "ConnectedHardware", at: item.range, knownOf: known)
        }
        for (key, value) in item.members {
            if key == "ExtraDetails" {
                checkExtraDetails(value, into: &found)
            } else if let field = schema.fields.first(where: { $0.name == key }) {
                if let rule = violation(of: field.type, by: value) {
                    found.add(rule, key, at: value.range, knownOf: departure(key, value, in: schema))
                }
            } else {
                found.add(.unknownField, key, at: value.range)
            }
        }
        for field in schema.fields where field.isRequired && item[field.name] == nil {
            found.add(.missingField, field.name, at: item.range)
        }
        if !schema.eitherOf.isEmpty, schema.eitherOf.allSatisfy({ item[$0] == nil }) {
            found.add(.missingField, schema.eitherOf.joined(separator: "|"), at: item.range)
        }
    }

    private static func violation(of type: PayloadField.FieldType, by value: JSONValue) -> MessageLint.Rule? {
        switch type {
        case .string: value.kind == .string ? nil : .wrongType
        case .address: value.string.map { AddressText.holds($0) ? nil : .wrongFormat } ?? .wrongType
        case .guid: value.string.map { GUIDText.holds($0) ? nil : .wrongFormat } ?? .wrongType
        case .integer: value.int != nil ? nil : .wrongType
        case .boolean: value.kind == .bool ? nil : .wrongType
        case .oneOf(let words): value.string.map { words.contains($0) ? nil : .notOneOf } ?? .wrongType
        }
    }

    private static func checkExtraDetails(_ details: JSONValue, into found: inout LintList) {
        guard details.kind == .object else { return found.add(.wrongType, "ExtraDetails", at: details.range) }
        for (key, value) in details.members where value.kind != .string {
            let known = key == "HitCount" && value.int != nil ? "the C agent sends HitCount as a number" : nil
            found.add(.extraDetailNotAString, "ExtraDetails.\(key)", at: value.range, knownOf: known)
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
