import JSON

/// The body of a classic or custom agent's message (defender.md section 5.2), read leniently and linted strictly. Any
/// JSON is an envelope here, at worst one of no events and many findings, so that nothing is dropped silently.
public struct SecurityEnvelope: Hashable, Sendable {
    public let agentID: String?
    public let agentVersion: String?
    public let events: [SecurityEvent]
    public let lint: LintList

    private static let fields = ["AgentVersion", "AgentId", "MessageSchemaVersion", "Events"]

    /// - Parameter earlier: what has been found of the message already.
    public init(reading root: JSONValue, after earlier: LintList = LintList()) {
        agentID = root["AgentId"]?.string
        agentVersion = root["AgentVersion"]?.string
        var found = earlier
        guard root.kind == .object else {
            events = []
            found.add(.notAnObject, "", at: root.range)
            lint = found
            return
        }
        found.checkMembers(of: root, are: Self.fields)
        found.checkText("AgentVersion", in: root)
        found.checkGUID("AgentId", in: root)
        found.checkWord("MessageSchemaVersion", of: ["1.0"], in: root)
        var read: [SecurityEvent] = []
        if let list = root["Events"] {
            if list.kind != .array || list.count == 0 { found.add(.wrongType, "Events", at: list.range) }
            if list.kind == .array {
                for (position, event) in list.elements.enumerated() {
                    read.append(SecurityEvent(reading: event))
                    found.within("Events[\(position)]") { EventLint.check(event, into: &$0) }
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
