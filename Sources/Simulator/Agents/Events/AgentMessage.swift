import Defender
import JSON
import Vocabulary

/// One security message, ready to be sent.
struct AgentMessage: Sendable {
    /// What stands behind the topic of the module's events: the properties that mark it.
    let properties: String
    let body: [UInt8]
    let events: Int

    /// The only mark by which a hub knows a security message (defender.md section 5.1).
    private static let mark = "%24.ifid=urn%3Aazureiot%3ASecurity%3ASecurityAgent%3A1"

    init(
        _ events: [AgentEvent], due queue: EventQueues.Queue, agentID: RequestID, _ routine: AgentRoutine
    ) {
        self.events = events.count
        var json = JSONWriter(capacity: events.count * 512)
        json.beginObject()
        if routine.agent == .micro {
            properties = "mti=2.3-0-1-0&\(Self.mark)"
            json.member("security_module_id", "defender-iot-micro-agent")
            // 3.5.4
            json.member("security_module_version", 50_659_332)
            json.key("events")
        } else {
            // Agent C writes a media type as the encoding; agent C# sends its priority, and an empty resource id too.
            let resource = PercentCoding.encode(routine.hubResourceID)
            properties =
                routine.agent == .c
                ? "%24.ce=application%2Fjson&\(Self.mark)"
                : "\(Self.mark)&MessagePriority=\(queue.rawValue)&HubResourceId=\(resource)"
            json.member("AgentVersion", routine.agent == .c ? "0.0.5" : "0.0.5.0.0")
            json.member("AgentId", agentID.dashed)
            json.member("MessageSchemaVersion", "1.0")
            json.key("Events")
        }
        json.beginArray()
        for event in events { Self.write(event, of: routine.agent, to: &json) }
        json.endArray()
        json.endObject()
        body = json.bytes
    }

    static func write(_ event: AgentEvent, of agent: AgentKind, to json: inout JSONWriter) {
        guard agent != .micro else { return MicroEventWriter.write(event, to: &json) }
        ClassicEventWriter(agent).write(event, to: &json)
    }
}
