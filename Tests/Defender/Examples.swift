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

    /// The members of an object by their names, as source text without space outside strings.
    static func members(_ object: JSONValue) -> [String: String] {
        Dictionary(uniqueKeysWithValues: object.members.map { ($0.key, $0.value["value"].map { text($0) } ?? "") })
    }

    private static func text(_ value: JSONValue) -> String { String(decoding: value.raw, as: UTF8.self) }
}
