import JSON
import Vocabulary

/// Writes events of the micro agent in the JSON encoding of its core's schema 2.3 (defender.md sections 5.6 and 8.8). What the
/// closed agent for Linux really sends is not documented; no hub reads these bodies.
enum MicroEventWriter {
    static func write(_ event: AgentEvent, to json: inout JSONWriter) {
        json.item {
            $0.key("id")
            $0.item {
                $0.key("value")
                $0.beginArray()
                for word in [event.id.high, event.id.low] {
                    for shift in stride(from: 56, through: 0, by: -8) { $0.value(word >> UInt64(shift) & 0xFF) }
                }
                $0.endArray()
            }
            $0.key("time")
            $0.value(event.at.unixSeconds)
            $0.member("collection_interval", Int(AgentRoutine.triggers / 1000))
            $0.member("payload_type", payloadType(of: event.name))
            $0.key("payload")
            $0.item { writePayload(event, to: &$0) }
        }
    }

    /// The member of the schema's union.
    private static func payloadType(of name: EventName) -> String {
        switch name {
        case .processCreate: "Process"
        case .connectionCreate: "NetworkActivity"
        case .osBaseline: "Baseline"
        case .diagnostic: "Log"
        default: name.rawValue
        }
    }

    private static func writePayload(_ event: AgentEvent, to json: inout JSONWriter) {
        switch event.observation {
        case .process(let scene, let id):
            let process = AgentScenes.processes[scene]
            json.member("executable", process.executable)
            json.member("process_id", id)
            json.member("parent_process_id", 1)
            json.key("user_id")
            json.raw(process.userID.utf8)
            json.member("user_name", process.userName)
            json.member("commandline", process.commandLine)
            json.member("event_type", "EXEC")
            json.member("hit_count", event.aggregate?.hits ?? 1)
        case .connection(let scene, let id): network(scene, id, to: &json)
        case .baseline(let failing):
            json.key("baseline_checks")
            json.beginArray()
            for check in AgentScenes.checks.prefix(failing) {
                json.item {
                    $0.member("id", check.id)
                    $0.member("result", "FAIL")
                    $0.member("error", "no matching line")
                    $0.member("description", check.description)
                    $0.member("severity", check.severity.uppercased())
                    $0.member("remediation", "")
                }
            }
            json.endArray()
        case .system(let host):
            json.member("os_info", "Linux \(host)")
            json.member("kernel_info", "5.10.0")
            json.member("hw_info", "x86_64")
        case .diagnostic(let text, _):
            json.key("logs")
            json.beginArray()
            json.item {
                $0.member("message", text)
                $0.member("level", "INFO")
                $0.key("timestamp")
                $0.value(event.at.unixSeconds)
            }
            json.endArray()
        default: break
        }
    }

    private static func network(_ scene: Int, _ id: Int, to json: inout JSONWriter) {
        let connection = AgentScenes.connections[scene]
        let process = AgentScenes.processes[connection.process]
        json.key("ipv4_activity")
        json.beginArray()
        json.item {
            $0.key("addresses")
            $0.item {
                $0.key("local_address")
                $0.value(address("10.20.0.9"))
                $0.key("remote_address")
                $0.value(address(connection.remoteAddress))
            }
            $0.key("common")
            $0.item {
                $0.member("local_port", connection.isOutgoing ? 40_000 + id % 20_000 : connection.port)
                $0.member("remote_port", connection.isOutgoing ? connection.port : 40_000 + id % 20_000)
                $0.member("bytes_in", 1200)
                $0.member("bytes_out", 800)
                $0.member("protocol", "TCP")
                $0.member("process_id", id)
                $0.member("executable", process.executable)
                $0.member("commandline", process.commandLine)
            }
        }
        json.endArray()
    }

    private static func address(_ text: String) -> UInt32 {
        text.split(separator: ".").reduce(0) { $0 << 8 | (UInt32($1) ?? 0) }
    }
}
