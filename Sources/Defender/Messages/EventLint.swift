import JSON

/// One event held against the schema (defender.md sections 5.2 and 5.3). Times are texts of any form: four of the
/// official valid samples are no date-times.
enum EventLint {
    private static let fields = [
        "Id", "TimestampLocal", "TimestampUTC", "Category", "Name", "EventType", "IsEmpty", "PayloadSchemaVersion",
        "Payload",
    ]

    static func check(_ event: JSONValue, into found: inout LintList) {
        guard event.kind == .object else { return found.add(.notAnObject, "", at: event.range) }
        if let former = event["IsOperational"] {
            return found.add(.formerForm, "IsOperational", at: former.range)
        }
        found.checkMembers(of: event, are: fields)
        found.checkGUID("Id", in: event)
        for key in ["TimestampLocal", "TimestampUTC", "Name"] { found.checkText(key, in: event) }
        found.checkWord("PayloadSchemaVersion", of: ["1.0"], in: event)
        guard let name = event["Name"]?.string else { return }
        guard let schema = EventSchema.named(name) else {
            let range = event["Name"]?.range ?? event.range
            // Defender.md section 5.6, the preview of 2020-05.
            let known = name == "Heartbeat" ? "the micro agent's preview sends Heartbeat" : nil
            return found.add(.unknownEvent, "Name", at: range, knownOf: known)
        }
        found.checkWord("EventType", of: [schema.type.rawValue], in: event)
        found.checkWord(
            "Category", of: [schema.category.rawValue], in: event,
            knownOf: schema.canAggregate && event["Category"]?.string == "Aggregated"
                ? "both classic agents send Aggregated" : nil)
        checkPayload(of: event, schema, into: &found)
    }

    private static func checkPayload(of event: JSONValue, _ schema: EventSchema, into found: inout LintList) {
        if let empty = event["IsEmpty"], empty.bool == nil { found.add(.wrongType, "IsEmpty", at: empty.range) }
        guard let list = event["Payload"] else { return }
        guard list.kind == .array else { return found.add(.wrongType, "Payload", at: list.range) }
        if let empty = event["IsEmpty"], let flag = empty.bool {
            let triggered = flag && schema.category == .triggered
            if flag != (list.count == 0) || triggered {
                let known = schema.name == "ConfigurationError" && triggered && list.count == 0
                let agent = known ? "the C agent sends an empty ConfigurationError when nothing is wrong" : nil
                found.add(.emptinessContradicts, "IsEmpty", at: empty.range, knownOf: agent)
            }
        }
        for (position, item) in list.elements.enumerated() {
            found.within("Payload[\(position)]") { PayloadLint.check(item, against: schema, into: &$0) }
        }
    }
}
