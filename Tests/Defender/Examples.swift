import JSON

@testable import Defender

/// Documents of defender.md section 8, and short ways to make others.
enum Examples {
    static func json(_ text: String) throws -> JSONValue { try JSONDocument(parsing: text).root }

    /// Desired properties whose configuration object has these members.
    static func desired(_ members: String) throws -> JSONValue {
        try json("{\"\(SecurityModule.objectName)\":{\(members)}}")
    }

    static func delivery(
        _ form: ConfigurationDelivery.Form, _ members: String, version: UInt64
    ) throws -> ConfigurationDelivery {
        ConfigurationDelivery(form, version: version, desired: try desired(members), of: .classic)
    }

    /// Defender.md 8.2, what the agent gets of the minimal twin.
    static let minimal =
        "\"highPriorityMessageFrequency\":{\"value\":\"PT7M\"},\"eventPriorityConnectionCreate\":{\"value\":\"High\"}"

    /// Defender.md 8.3, the members of the reported object.
    static let reportedByC = """
        "maxLocalCacheSizeInBytes": {"value": 10485760}, "maxMessageSizeInBytes": {"value": 204800}, "highPriorityMessageFrequency": {"value": "PT7M"}, "lowPriorityMessageFrequency": {"value": "PT5H"},
        "snapshotFrequency": {"value": "PT13H"}, "baselineCustomChecksEnabled": {"value": false}, "eventPriorityOSBaseline": {"value": "low"}, "eventPriorityConnectionCreate": {"value": "high"},
        "eventPriorityDiagnostic": {"value": "low"}, "eventPriorityFirewallConfiguration": {"value": "low"}, "eventPriorityListeningPorts": {"value": "high"}, "eventPriorityLocalUsers": {"value": "high"},
        "eventPriorityLogin": {"value": "high"}, "eventPriorityOperational": {"value": "high"}, "eventPriorityProcessCreate": {"value": "low"}, "eventPrioritySystemInformation": {"value": "low"},
        "aggregationEnabledProcessCreate": {"value": true}, "aggregationIntervalProcessCreate": {"value": "PT1H"}, "aggregationEnabledConnectionCreate": {"value": true}, "aggregationIntervalConnectionCreate": {"value": "PT1H"}
        """

    /// Defender.md 8.4, likewise.
    static let reportedByCSharp = """
        "eventPriorityConnectedHardware": {"value": "Low"}, "eventPriorityListeningPorts": {"value": "High"}, "eventPriorityProcessCreate": {"value": "Low"}, "eventPriorityProcessTerminate": {"value": "Low"},
        "eventPrioritySystemInformation": {"value": "Low"}, "eventPriorityLocalUsers": {"value": "High"}, "eventPriorityLogin": {"value": "High"}, "eventPriorityConnectionCreate": {"value": "High"},
        "eventPriorityFirewallConfiguration": {"value": "Low"}, "eventPriorityOSBaseline": {"value": "Low"}, "baselineCustomChecksEnabled": {"value": false}, "aggregationEnabledProcessCreate": {"value": true},
        "aggregationIntervalProcessCreate": {"value": "PT1H"}, "aggregationEnabledConnectionCreate": {"value": true}, "aggregationIntervalConnectionCreate": {"value": "PT1H"}, "aggregationEnabledProcessTerminate": {"value": true},
        "aggregationIntervalProcessTerminate": {"value": "PT1H"}, "hubResourceId": {"value": ""}, "highPriorityMessageFrequency": {"value": "PT7M"}, "lowPriorityMessageFrequency": {"value": "PT5H"},
        "snapshotFrequency": {"value": "PT13H"}, "maxLocalCacheSizeInBytes": {"value": 2560000}, "maxMessageSizeInBytes": {"value": 204800}, "eventPriorityDiagnostic": {"value": "Low"},
        "eventPriorityConfigurationError": {"value": "Low"}, "eventPriorityDroppedEventsStatistics": {"value": "Low"}, "eventPriorityMessageStatistics": {"value": "Low"}
        """

    /// Defender.md 8.9, the invalid configuration.
    static let invalid = """
        "highPriorityMessageFrequency": {"value": "7 minutes"}, "lowPriorityMessageFrequency": "PT5H", "maxMessageSizeInBytes": {"value": "204800"}, "eventPriorityLogin": {"value": "Urgent"}, "snapshotFrequency": null,
        "unknownKey": {"value": 1}
        """

    /// Defender.md 8.8, the body of one heartbeat.
    static let microHeartbeat =
        "100000000c0010000c000800000004000c0000000c0000000400050348000000010000001400000000000e0024001400"
        + "10000c000b0004000e00000024000000000000043c0000006ed60d5e42b894a10e3f4962b79c7dae124c726904000400"
        + "0400000018000000646566656e6465722d696f742d6d6963726f2d6167656e7400000000"

    /// Defender.md 8.7, the message.
    static let securityMessage = #"""
        {
          "AgentVersion": "0.0.5", "AgentId": "e89dc5f5-feac-4c3e-87e2-93c16f010c25", "MessageSchemaVersion": "1.0",
          "Events": [
            {"Id": "9c647395-b913-4997-a732-a7fe7303b601", "TimestampLocal": "2020-01-02T11:39:26Z", "TimestampUTC": "2020-01-02T11:39:26Z", "Category": "Triggered", "Name": "ConfigurationError", "EventType": "Operational", "IsEmpty": false, "PayloadSchemaVersion": "1.0", "Payload": [{"ConfigurationName": "maxMessageSizeInBytes", "ErrorType": "NotOptimal", "UsedConfiguration": "10000", "Message": "maxMessageSize is not optimal"}]},
            {"Id": "9c647395-b913-4997-a732-a7fe7303b602", "TimestampLocal": "2020-01-02T11:39:26Z", "TimestampUTC": "2020-01-02T11:39:26Z", "Category": "Periodic", "Name": "MessageStatistics", "EventType": "Operational", "IsEmpty": false, "PayloadSchemaVersion": "1.0", "Payload": [{"MessagesSent": 40, "MessagesUnder4KB": 6, "TotalFailed": 0}]},
            {"Id": "9c647395-b913-4997-a732-a7fe7303b603", "TimestampLocal": "2020-01-02T11:39:26Z", "TimestampUTC": "2020-01-02T11:39:26Z", "Category": "Triggered", "Name": "Login", "EventType": "Security", "IsEmpty": false, "PayloadSchemaVersion": "1.0", "Payload": [{"ProcessId": 1204, "UserName": "root", "Operation": "PAM:authentication", "Executable": "/bin/su", "Result": "Fail"}]},
            {"Id": "9c647395-b913-4997-a732-a7fe7303b604", "TimestampLocal": "2020-01-02T11:39:26Z", "TimestampUTC": "2020-01-02T11:39:26Z", "Category": "Periodic", "Name": "LocalUsers", "EventType": "Security", "IsEmpty": false, "PayloadSchemaVersion": "1.0", "Payload": [{"UserName": "root", "UserId": "0", "GroupNames": "root", "GroupIds": "0"}, {"UserName": "pi", "UserId": "1000", "GroupNames": "pi;sudo", "GroupIds": "1000;27"}]},
            {"Id": "9c647395-b913-4997-a732-a7fe7303b605", "TimestampLocal": "2020-01-02T11:39:26Z", "TimestampUTC": "2020-01-02T11:39:26Z", "Category": "Periodic", "Name": "ListeningPorts", "EventType": "Security", "IsEmpty": false, "PayloadSchemaVersion": "1.0", "Payload": [{"Protocol": "tcp", "LocalAddress": "0.0.0.0", "LocalPort": "22", "RemoteAddress": "0.0.0.0", "RemotePort": "*", "ExtraDetails": {"Pid": "611"}}]},
            {"Id": "9c647395-b913-4997-a732-a7fe7303b606", "TimestampLocal": "2020-01-02T11:39:26Z", "TimestampUTC": "2020-01-02T11:39:26Z", "Category": "Periodic", "Name": "FirewallConfiguration", "EventType": "Security", "IsEmpty": false, "PayloadSchemaVersion": "1.0", "Payload": [{"Enabled": true, "Priority": 0, "ChainName": "INPUT", "Direction": "In", "DestinationPort": "1337", "Protocol": "tcp", "Action": "Allow"}, {"Enabled": true, "Priority": 1, "ChainName": "INPUT", "Direction": "In", "Action": "Allow"}]},
            {"Id": "9c647395-b913-4997-a732-a7fe7303b607", "TimestampLocal": "2020-01-02T11:39:26Z", "TimestampUTC": "2020-01-02T11:39:26Z", "Category": "Periodic", "Name": "OSBaseline", "EventType": "Security", "IsEmpty": false, "PayloadSchemaVersion": "1.0", "Payload": [{"Description": "Disable support for RDS.", "CceId": "CCE-14027-7", "Result": "Fail", "Error": "no matching line", "Severity": "Warning"}]},
            {"Id": "9c647395-b913-4997-a732-a7fe7303b608", "TimestampLocal": "2020-01-02T11:39:26Z", "TimestampUTC": "2020-01-02T11:39:26Z", "Category": "Triggered", "Name": "ProcessCreate", "EventType": "Security", "IsEmpty": false, "PayloadSchemaVersion": "1.0", "Payload": [{"Executable": "/usr/bin/docker", "ProcessId": 11750, "ParentProcessId": 1593, "UserId": "0", "CommandLine": "docker run --privileged img", "ExtraDetails": {"Hash": ""}}]},
            {"Id": "9c647395-b913-4997-a732-a7fe7303b609", "TimestampLocal": "2020-01-02T11:39:26Z", "TimestampUTC": "2020-01-02T11:39:26Z", "Category": "Triggered", "Name": "ConnectionCreate", "EventType": "Security", "IsEmpty": false, "PayloadSchemaVersion": "1.0", "Payload": [{"Executable": "/usr/bin/curl", "CommandLine": "curl http://203.0.113.9", "ProcessId": 11801, "UserId": "1000", "Protocol": "tcp", "RemoteAddress": "203.0.113.9", "RemotePort": "80", "Direction": "Out"}]},
            {"Id": "9c647395-b913-4997-a732-a7fe7303b610", "TimestampLocal": "2020-01-02T11:39:26Z", "TimestampUTC": "2020-01-02T11:39:26Z", "Category": "Periodic", "Name": "SystemInformation", "EventType": "Security", "IsEmpty": false, "PayloadSchemaVersion": "1.0", "Payload": [{"OSName": "Linux", "OSVersion": "#1 SMP", "OsArchitecture": "x86_64", "HostName": "dev1", "TotalPhysicalMemoryInKB": 2048000, "FreePhysicalMemoryInKB": 512000}]},
            {"Id": "9c647395-b913-4997-a732-a7fe7303b611", "TimestampLocal": "2020-01-02T11:39:26Z", "TimestampUTC": "2020-01-02T11:39:26Z", "Category": "Periodic", "Name": "OSBaseline", "EventType": "Security", "IsEmpty": true, "PayloadSchemaVersion": "1.0", "Payload": []}
          ]
        }
        """#

    /// Defender.md 8.7, the aggregated event of agent C.
    static let aggregatedEvent = #"""
        {"Id": "9c647395-b913-4997-a732-a7fe7303b612", "TimestampLocal": "2020-01-02T11:39:26Z", "TimestampUTC": "2020-01-02T11:39:26Z", "Category": "Aggregated", "Name": "ProcessCreate", "EventType": "Security", "IsEmpty": false, "PayloadSchemaVersion": "1.0", "Payload": [{"Executable": "/bin/ls", "ProcessId": 0, "ParentProcessId": 0, "UserId": "0", "CommandLine": "ls -l", "ExtraDetails": {"Hash": "", "HitCount": 17, "StartTimeLocal": "2020-01-02T10:39:26Z", "StartTimeUtc": "2020-01-02T10:39:26Z", "EndTimeLocal": "2020-01-02T11:39:26Z", "EndTimeUtc": "2020-01-02T11:39:26Z"}}]}
        """#

    /// The members of an object by their names, as source text without space outside strings.
    static func members(_ object: JSONValue) -> [String: String] {
        Dictionary(uniqueKeysWithValues: object.members.map { ($0.key, $0.value["value"].map { text($0) } ?? "") })
    }

    private static func text(_ value: JSONValue) -> String { String(decoding: value.raw, as: UTF8.self) }
}
