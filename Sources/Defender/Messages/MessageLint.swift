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
}
