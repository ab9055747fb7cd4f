import JSON

/// The body of a classic or custom agent's message (defender.md section 5.2), read leniently and linted strictly. Any
/// JSON is an envelope here, at worst one of no events and many findings, so that nothing is dropped silently.
public struct SecurityEnvelope: Hashable, Sendable {
    public let agentID: String?
    public let agentVersion: String?
    public let events: [SecurityEvent]
    public let lint: [MessageLint]

    private static let fields = ["AgentVersion", "AgentId", "MessageSchemaVersion", "Events"]

    public init(reading root: JSONValue) {
        agentID = root["AgentId"]?.string
        agentVersion = root["AgentVersion"]?.string
        guard root.kind == .object else {
            events = []
            lint = [MessageLint(rule: .notAnObject, path: "", range: root.range, knownOf: nil)]
            return
        }
        var found = MemberLint.check(root, has: Self.fields)
        found += MemberLint.texts(["AgentVersion"], in: root)
        found += MemberLint.guid("AgentId", in: root)
        found += MemberLint.word("MessageSchemaVersion", of: ["1.0"], in: root)
        var read: [SecurityEvent] = []
        if let list = root["Events"] {
            if list.kind != .array || list.count == 0 {
                found.append(MessageLint(rule: .wrongType, path: "Events", range: list.range, knownOf: nil))
            }
            if list.kind == .array {
                for (position, event) in list.elements.enumerated() {
                    read.append(SecurityEvent(reading: event))
                    found += EventLint.check(event).map { $0.under("Events[\(position)]") }
                }
            }
        }
        events = read
        lint = found
    }
}

extension SecurityEvent {
    init(reading event: JSONValue) {
        id = event["Id"]?.string
        timestampLocal = event["TimestampLocal"]?.string
        timestampUTC = event["TimestampUTC"]?.string
        category = event["Category"]?.string
        name = event["Name"]?.string
        type = event["EventType"]?.string
        let items = event["Payload"]
        payload = items?.kind == .array ? items?.elements.map(\.range) ?? [] : []
    }
}
