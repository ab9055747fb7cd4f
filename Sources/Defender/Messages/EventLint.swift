import JSON

/// One event held against the schema (defender.md sections 5.2 and 5.3). Times are texts of any form: four of the
/// official valid samples are no date-times.
enum EventLint {
    private static let fields = [
        "Id", "TimestampLocal", "TimestampUTC", "Category", "Name", "EventType", "IsEmpty", "PayloadSchemaVersion",
        "Payload",
    ]

    static func check(_ event: JSONValue) -> [MessageLint] {
        guard event.kind == .object else {
            return [MessageLint(rule: .notAnObject, path: "", range: event.range, knownOf: nil)]
        }
        if let former = event["IsOperational"] {
            return [MessageLint(rule: .formerForm, path: "IsOperational", range: former.range, knownOf: nil)]
        }
        var found = MemberLint.check(event, has: fields)
        found += MemberLint.guid("Id", in: event)
        found += MemberLint.texts(["TimestampLocal", "TimestampUTC", "Name"], in: event)
        found += MemberLint.word("PayloadSchemaVersion", of: ["1.0"], in: event)
        guard let name = event["Name"]?.string else { return found }
        guard let schema = EventSchema.named(name) else {
            let range = event["Name"]?.range ?? event.range
            // Defender.md section 5.6, the preview of 2020-05.
            let known = name == "Heartbeat" ? "the micro agent's preview sends Heartbeat" : nil
            return found + [MessageLint(rule: .unknownEvent, path: "Name", range: range, knownOf: known)]
        }
        found += MemberLint.word("EventType", of: [schema.type.rawValue], in: event)
        found += MemberLint.word("Category", of: [schema.category.rawValue], in: event).map { lint in
            guard schema.canAggregate, event["Category"]?.string == "Aggregated" else { return lint }
            return MessageLint(
                rule: lint.rule, path: lint.path, range: lint.range, knownOf: "both classic agents send Aggregated")
        }
        return found + payload(of: event, schema)
    }

    private static func payload(of event: JSONValue, _ schema: EventSchema) -> [MessageLint] {
        var found: [MessageLint] = []
        if let empty = event["IsEmpty"], empty.bool == nil {
            found.append(MessageLint(rule: .wrongType, path: "IsEmpty", range: empty.range, knownOf: nil))
        }
        guard let list = event["Payload"] else { return found }
        guard list.kind == .array else {
            return found + [MessageLint(rule: .wrongType, path: "Payload", range: list.range, knownOf: nil)]
        }
        if let empty = event["IsEmpty"], let flag = empty.bool {
            let triggered = flag && schema.category == .triggered
            if flag != (list.count == 0) || triggered {
                let known = schema.name == "ConfigurationError" && triggered && list.count == 0
                let agent = known ? "the C agent sends an empty ConfigurationError when nothing is wrong" : nil
                found.append(
                    MessageLint(rule: .emptinessContradicts, path: "IsEmpty", range: empty.range, knownOf: agent))
            }
        }
        for (position, item) in list.elements.enumerated() {
            found += MessageLint.check(item, against: schema).map { $0.under("Payload[\(position)]") }
        }
        return found
    }
}
