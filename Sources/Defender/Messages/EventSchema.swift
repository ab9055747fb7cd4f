/// A type of event, payload schema 1.0: one row of the table in defender.md section 5.3.
public struct EventSchema: Hashable, Sendable {
    public let name: String
    public let category: Category
    public let type: EventType
    public let fields: [PayloadField]
    /// Fields of which an item needs one at least; empty where there is no such rule.
    public let eitherOf: [String]

    /// When the collector runs. `Aggregated` is a departure of the agents from the schema (5.2), told by `canAggregate`.
    public enum Category: String, Sendable {
        case periodic = "Periodic"
        case triggered = "Triggered"
    }

    public enum EventType: String, Sendable {
        case security = "Security"
        case operational = "Operational"
        case diagnostic = "Diagnostic"
    }

    init(_ name: String, _ category: Category, _ type: EventType, _ fields: [PayloadField], eitherOf: [String] = []) {
        self.name = name
        self.category = category
        self.type = type
        self.fields = fields
        self.eitherOf = eitherOf
    }

    /// The agents count equal events of these types and send them once an interval (5.4).
    public var canAggregate: Bool { ["ProcessCreate", "ProcessTerminate", "ConnectionCreate"].contains(name) }

    public static func named(_ name: String) -> EventSchema? { all.first { $0.name == name } }

    public static let all: [EventSchema] = [
        EventSchema(
            "ProcessCreate", .triggered, .security,
            [
                .required("Executable"), .required("ProcessId", .integer), .required("ParentProcessId", .integer),
                .required("UserId"), .optional("UserName"), .required("CommandLine"),
            ]),
        EventSchema(
            "ProcessTerminate", .triggered, .security,
            [.required("Executable"), .required("ProcessId", .integer), .required("ExitStatus", .integer)]),
        EventSchema(
            "ConnectionCreate", .triggered, .security,
            [
                .required("RemoteAddress", .address), .required("RemotePort"),
                .required("Direction", .oneOf(["In", "Out"])),
                .required("Protocol"), .required("ProcessId", .integer), .required("Executable"),
                .optional("LocalAddress", .address), .optional("LocalPort"), .optional("UserId"),
                .optional("CommandLine"),
            ]),
        EventSchema(
            "Login", .triggered, .security,
            [
                .required("ProcessId", .integer), .required("Operation"), .required("Executable"),
                .required("Result", .oneOf(["Success", "Fail"])), .optional("UserId"), .optional("UserName"),
                .optional("RemoteAddress", .address), .optional("RemotePort"), .optional("LocalPort"),
            ], eitherOf: ["UserId", "UserName"]),
        EventSchema(
            "ListeningPorts", .periodic, .security,
            [
                .required("LocalPort"), .required("Protocol"), .optional("LocalAddress", .address),
                .optional("RemoteAddress", .address),
                .optional("RemotePort"),
            ]),
        EventSchema(
            "LocalUsers", .periodic, .security,
            [.required("UserName"), .required("UserId"), .required("GroupNames"), .required("GroupIds")]),
        EventSchema(
            "FirewallConfiguration", .periodic, .security,
            [
                .required("Enabled", .boolean), .required("Action", .oneOf(["Allow", "Deny", "Other"])),
                .optional("Priority", .integer), .optional("Direction", .oneOf(["In", "Out"])), .optional("ChainName"),
                .optional("Application"), .optional("SourceAddress"), .optional("DestinationAddress"),
                .optional("SourcePort"), .optional("DestinationPort"), .optional("Protocol"),
            ]),
        EventSchema(
            "OSBaseline", .periodic, .security,
            [
                .required("Description"), .required("CceId"), .required("Result", .oneOf(["Pass", "Fail", "Err"])),
                .required("Error"),
                .required("Severity", .oneOf(["Critical", "Important", "Warning", "Informational"])),
            ]),
        EventSchema(
            "SystemInformation", .periodic, .security,
            [
                .optional("OSName"), .optional("OSVersion"), .optional("OSVendor"), .optional("OsArchitecture"),
                .optional("HostName"), .optional("BIOSVersion"), .optional("BootDevice"),
                .optional("TotalPhysicalMemoryInKB", .integer), .optional("FreePhysicalMemoryInKB", .integer),
                .optional("TotalVirtualMemoryInKB", .integer), .optional("FreeVirtualMemoryInKB", .integer),
            ]),
        EventSchema(
            "ConnectedHardware", .periodic, .security,
            [.required("HardwareCategory"), .required("HardwareSubCategory"), .required("HardwareName")]),
        EventSchema(
            "Diagnostic", .triggered, .diagnostic,
            [
                .required("Severity", .oneOf(["Fatal", "Error", "Warning", "Information", "Debug"])),
                .required("Message"), .required("ProcessId", .integer), .required("ThreadId", .integer),
                .optional("CorrelationId", .guid),
            ]),
        EventSchema(
            "ConfigurationError", .triggered, .operational,
            [
                .required("ConfigurationName"), .required("UsedConfiguration"), .required("Message"),
                .required("ErrorType", .oneOf(["TypeMismatch", "NotOptimal", "Conflict"])),
            ]),
        EventSchema(
            "DroppedEventsStatistics", .periodic, .operational,
            [
                .required("Queue", .oneOf(["High", "Low"])), .required("CollectedEvents", .integer),
                .required("DroppedEvents", .integer),
            ]),
        EventSchema(
            "MessageStatistics", .periodic, .operational,
            [
                .required("MessagesSent", .integer), .required("MessagesUnder4KB", .integer),
                .required("TotalFailed", .integer),
            ]),
    ]
}
