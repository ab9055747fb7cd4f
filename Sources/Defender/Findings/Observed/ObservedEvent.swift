import JSON

/// An event's payload as the rules see it: one form for classic agents and the RTOS agent, with what is absent or of
/// another type left out. An event that no rule is about is `other`.
enum ObservedEvent {
    case listeningPorts(count: Int)
    case firewall([FirewallItem])
    case baseline([BaselineCheck])
    case messageStatistics([MessageStatistics])
    case configurationErrors([ConfigurationErrorItem])
    case logins([LoginAttempt])
    case localUsers([LocalUser])
    case processes([StartedProcess])
    case connections([Connection])
    case other

    struct MessageStatistics {
        let sent: UInt64
        let under4KB: UInt64
    }

    struct ConfigurationErrorItem {
        let name: String
        let type: String
        let message: String
    }

    struct LocalUser {
        let name: String
        let groups: Set<String>
    }

    init(_ event: SecurityEvent, _ text: [UInt8]) {
        let items = event.payload.compactMap { range in
            range.lowerBound >= 0 && range.upperBound <= text.count
                ? try? JSONDocument(parsing: Array(text[range])).root : nil
        }
        switch event.name {
        case "ListeningPorts":
            self = .listeningPorts(
                count: items.reduce(0) { sum, item in
                    // The RTOS agent's one item holds two lists, either of which may be left out.
                    sum
                        + (item["LocalPort"] != nil
                            ? 1 : Self.count(item, "ipv4_ports") + Self.count(item, "ipv6_ports"))
                })
        case "FirewallConfiguration": self = .firewall(items.map(FirewallItem.init))
        case "OSBaseline": self = .baseline(items.map { BaselineCheck(classic: $0) })
        case "Baseline":
            self = .baseline(
                items.flatMap { item in
                    item["baseline_checks"]?.elements.map { BaselineCheck(micro: $0) } ?? [BaselineCheck(micro: item)]
                })
        case "MessageStatistics":
            self = .messageStatistics(
                items.map {
                    MessageStatistics(
                        sent: $0["MessagesSent"]?.counter ?? 0, under4KB: $0["MessagesUnder4KB"]?.counter ?? 0)
                })
        case "ConfigurationError":
            self = .configurationErrors(
                items.map {
                    ConfigurationErrorItem(
                        name: $0["ConfigurationName"]?.string ?? "", type: $0["ErrorType"]?.string ?? "",
                        message: $0["Message"]?.string ?? "")
                })
        case "Login": self = .logins(items.map(LoginAttempt.init))
        case "LocalUsers":
            self = .localUsers(
                items.compactMap { item in
                    item["UserName"]?.string.map { name in
                        let groups = item["GroupNames"]?.string ?? ""
                        return LocalUser(
                            name: name,
                            groups: Set(
                                groups.utf8.split(separator: UInt8(ascii: ";")).map {
                                    String(decoding: $0, as: UTF8.self)
                                }))
                    }
                })
        case "ProcessCreate": self = .processes(items.map { StartedProcess(classic: $0) })
        case "Process": self = .processes(items.compactMap { StartedProcess(micro: $0) })
        case "ConnectionCreate": self = .connections(items.map { Connection(classic: $0) })
        case "NetworkActivity": self = .connections(items.flatMap { Connection.all(micro: $0) })
        default: self = .other
        }
    }

    private static func count(_ item: JSONValue, _ list: String) -> Int { item[list]?.count ?? 0 }
}
