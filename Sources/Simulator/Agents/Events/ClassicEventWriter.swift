import Defender
import JSON
import Vocabulary

/// Writes events as the classic agents do: envelope and payload schema 1.0, with each agent's own departures from them
/// (defender.md sections 5.2 to 5.4).
struct ClassicEventWriter {
    private let agent: AgentKind

    init(_ agent: AgentKind) { self.agent = agent }

    func write(_ event: AgentEvent, to json: inout JSONWriter) {
        json.beginObject()
        json.key("Id")
        json.value(event.id.dashed)
        for key in ["TimestampLocal", "TimestampUTC"] {
            json.key(key)
            json.value(time(event.at))
        }
        json.key("Category")
        json.value(event.aggregate == nil ? event.name.isPeriodic ? "Periodic" : "Triggered" : "Aggregated")
        json.key("Name")
        json.value(event.name.rawValue)
        json.key("EventType")
        json.value(event.name.type)
        json.key("IsEmpty")
        json.value(event.isEmpty)
        json.key("PayloadSchemaVersion")
        json.value("1.0")
        json.key("Payload")
        json.beginArray()
        if !event.isEmpty { writePayload(event, to: &json) }
        json.endArray()
        json.endObject()
    }

    // MARK: Payloads

    private func writePayload(_ event: AgentEvent, to json: inout JSONWriter) {
        switch event.observation {
        case .process(let scene, let id): process(scene, id, event.aggregate, to: &json)
        case .exit(let scene, let id):
            json.item {
                $0.member("Executable", AgentScenes.processes[scene].executable)
                $0.member("ProcessId", event.aggregate == nil ? id : 0)
                $0.member("ExitStatus", 0)
                details(event.aggregate, [], to: &$0)
            }
        case .connection(let scene, let id): connection(scene, id, event.aggregate, to: &json)
        case .login(let scene, let id): login(scene, id, to: &json)
        case .ports(let other): ports(other, to: &json)
        case .users:
            for (name, id, groups, groupIDs) in AgentScenes.users {
                json.item {
                    $0.member("UserName", name)
                    $0.member("UserId", id)
                    $0.member("GroupNames", groups)
                    $0.member("GroupIds", groupIDs)
                }
            }
        case .firewall: firewall(to: &json)
        case .baseline(let failing):
            for check in AgentScenes.checks.prefix(failing) {
                json.item {
                    $0.member("Description", check.description)
                    $0.member("CceId", check.id)
                    $0.member("Result", "Fail")
                    $0.member("Error", "no matching line")
                    $0.member("Severity", check.severity)
                }
            }
        case .system(let host):
            json.item {
                $0.member("OSName", "Linux")
                $0.member("OSVersion", "#1 SMP Debian 5.10.0")
                $0.member("OsArchitecture", "x86_64")
                $0.member("HostName", host)
                $0.member("TotalPhysicalMemoryInKB", 2_048_000)
                $0.member("FreePhysicalMemoryInKB", 512_000)
            }
        // One member in place of the schema's three: so agent C# really sends it.
        case .hardware: json.item { $0.member("ConnectedHardware", AgentScenes.hardware) }
        case .diagnostic(let text, let id):
            json.item {
                $0.member("Severity", "Information")
                $0.member("Message", text)
                $0.member("ProcessId", id)
                $0.member("ThreadId", id)
            }
        case .configuration(let fault?):
            json.item {
                $0.member("ConfigurationName", fault.name)
                $0.member("ErrorType", fault.type)
                $0.member("UsedConfiguration", fault.used)
                $0.member("Message", fault.message)
            }
        case .dropped(let queues):
            for queue in queues {
                json.item {
                    $0.member("Queue", queue.queue)
                    $0.member("CollectedEvents", queue.collected)
                    $0.member("DroppedEvents", queue.dropped)
                }
            }
        case .messages(let sent, let small, let failed):
            json.item {
                $0.member("MessagesSent", sent)
                $0.member("MessagesUnder4KB", small)
                $0.member("TotalFailed", failed)
            }
        case .configuration(nil), .heartbeat: break
        }
    }

    private func process(_ scene: Int, _ id: Int, _ aggregate: AgentEvent.Aggregate?, to json: inout JSONWriter) {
        let process = AgentScenes.processes[scene]
        json.item {
            $0.member("Executable", process.executable)
            $0.member("ProcessId", aggregate == nil ? id : 0)
            $0.member("ParentProcessId", aggregate == nil ? 1 : 0)
            $0.member("UserId", process.userID)
            $0.member("CommandLine", process.commandLine)
            details(aggregate, [("Hash", "")], to: &$0)
        }
    }

    private func connection(_ scene: Int, _ id: Int, _ aggregate: AgentEvent.Aggregate?, to json: inout JSONWriter) {
        let connection = AgentScenes.connections[scene]
        let process = AgentScenes.processes[connection.process]
        json.item {
            $0.member("Executable", process.executable)
            $0.member("CommandLine", process.commandLine)
            $0.member("ProcessId", aggregate == nil ? id : 0)
            $0.member("UserId", process.userID)
            $0.member("Protocol", "tcp")
            $0.member("RemoteAddress", connection.remoteAddress)
            $0.key("RemotePort")
            // The client's port is dropped from aggregates: agent C then writes a number, agent C# nothing.
            switch (aggregate, connection.isOutgoing, agent) {
            case (nil, _, _), (_?, true, _): $0.value(String(connection.port))
            case (_?, false, .c): $0.value(0)
            case (_?, false, _): $0.value("")
            }
            $0.member("Direction", connection.isOutgoing ? "Out" : "In")
            details(aggregate, [], to: &$0)
        }
    }

    private func login(_ scene: Int, _ id: Int, to json: inout JSONWriter) {
        let (address, isSuccess) = AgentScenes.logins[scene]
        json.item {
            $0.member("ProcessId", id)
            $0.member("UserId", "1000")
            $0.member("Operation", "PAM:authentication")
            $0.member("Executable", "/usr/sbin/sshd")
            $0.member("Result", isSuccess ? "Success" : "Fail")
            $0.member("RemoteAddress", address)
        }
    }

    private func ports(_ other: Int, to json: inout JSONWriter) {
        for port in [22, AgentScenes.ports[other]] {
            json.item {
                $0.member("Protocol", "tcp")
                $0.member("LocalAddress", "0.0.0.0")
                $0.member("LocalPort", String(port))
                $0.member("RemoteAddress", "0.0.0.0")
                $0.member("RemotePort", "*")
            }
        }
    }

    /// Each chain's rules, and one item more for its policy (defender.md section 5.3).
    private func firewall(to json: inout JSONWriter) {
        for (chain, direction, address, port) in [("INPUT", "In", "10.20.0.0/24", "22"), ("OUTPUT", "Out", "", "8883")]
        {
            json.item {
                $0.member("Enabled", true)
                $0.member("Priority", 0)
                $0.member("ChainName", chain)
                $0.member("Direction", direction)
                if !address.isEmpty { $0.member("SourceAddress", address) }
                if address.isEmpty { $0.member("DestinationAddress", "10.20.0.4") }
                $0.member("DestinationPort", port)
                $0.member("Protocol", "tcp")
                $0.member("Action", "Allow")
            }
            json.item {
                $0.member("Enabled", true)
                $0.member("Priority", 1)
                $0.member("ChainName", chain)
                $0.member("Direction", direction)
                $0.member("Action", "Deny")
            }
        }
    }

    // MARK: Aggregates and times

    private func details(
        _ aggregate: AgentEvent.Aggregate?, _ own: [(String, String)], to json: inout JSONWriter
    ) {
        guard aggregate != nil || !own.isEmpty else { return }
        json.key("ExtraDetails")
        json.beginObject()
        for (key, value) in own { json.member(key, value) }
        if let aggregate {
            json.key("HitCount")
            // A number breaks the schema, and is what agent C writes.
            if agent == .c { json.value(aggregate.hits) } else { json.value(String(aggregate.hits)) }
            for (key, at) in [
                ("StartTimeLocal", aggregate.from), ("StartTimeUtc", aggregate.from), ("EndTimeLocal", aggregate.to),
                ("EndTimeUtc", aggregate.to),
            ] {
                json.member(key, agent == .c ? time(at) : Self.invariant(at))
            }
        }
        json.endObject()
    }

    /// To the second; agent C writes a Z, agent C# no zone.
    private func time(_ at: Timestamp) -> String { at.description.prefix(19) + (agent == .c ? "Z" : "") }

    /// `MM/dd/yyyy HH:mm:ss`, .NET's invariant culture.
    private static func invariant(_ at: Timestamp) -> String {
        let text = at.description.prefix(19)
        let date = text.prefix(10).split(separator: "-")
        return "\(date[1])/\(date[2])/\(date[0]) \(text.suffix(8))"
    }
}

extension JSONWriter {
    /// An object.
    mutating func item(_ write: (inout JSONWriter) -> Void) {
        beginObject()
        write(&self)
        endObject()
    }

    mutating func member(_ key: String, _ text: String) {
        self.key(key)
        value(text)
    }

    mutating func member(_ key: String, _ number: Int) {
        self.key(key)
        value(number)
    }

    mutating func member(_ key: String, _ flag: Bool) {
        self.key(key)
        value(flag)
    }
}
