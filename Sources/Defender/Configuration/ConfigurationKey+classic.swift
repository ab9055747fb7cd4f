extension ConfigurationKey {
    /// Every key of the classic agents (defender.md section 2.2), in the order of that table.
    static let classic: [ConfigurationKey] =
        [
            duration("highPriorityMessageFrequency", .minutes(7), "how often what is of high priority is sent"),
            duration("lowPriorityMessageFrequency", .hours(5), "how often what is of low priority is sent"),
            duration("snapshotFrequency", .hours(13), "how often snapshots of the device's state are taken"),
            ConfigurationKey(
                name: "maxLocalCacheSizeInBytes", module: .classic, type: .integer(8192...4_294_967_295), unit: "bytes",
                documentedDefault: .integer(2_560_000), cDefault: .integer(10_485_760),
                csharpDefault: .integer(2_560_000), meaning: "how much the agent keeps before it is sent"),
            ConfigurationKey(
                name: "maxMessageSizeInBytes", module: .classic, type: .integer(8192...262_144), unit: "bytes",
                documentedDefault: .integer(204_800), cDefault: .integer(204_800), csharpDefault: .integer(204_800),
                meaning: "the largest message to the hub"),
        ]
        + priorities
        + [
            enabled("ProcessCreate"), interval("ProcessCreate"),
            enabled("ConnectionCreate"), interval("ConnectionCreate"),
            enabled("ProcessTerminate", isInC: false), interval("ProcessTerminate", isInC: false),
            ConfigurationKey(
                name: "baselineCustomChecksEnabled", module: .classic, type: .boolean, unit: "",
                documentedDefault: .boolean(false), cDefault: .boolean(false), csharpDefault: .boolean(false),
                meaning: "whether baseline checks of one's own are run"),
            optionalText("baselineCustomChecksFilePath", "absolute path on the device", "the file of one's own checks"),
            optionalText("baselineCustomChecksFileHash", "SHA-256 in hex", "what that file's bytes must hash to"),
            ConfigurationKey(
                name: "hubResourceId", module: .classic, type: .text, unit: "resource id", documentedDefault: nil,
                cDefault: nil, csharpDefault: .text(""), meaning: "the hub's resource id, sent with each message"),
        ]

    /// `Off` stops the collector; `High` and `Low` choose the queue, and so how often it is sent.
    private static let priorities: [ConfigurationKey] = [
        priority("ProcessCreate", "Low"), priority("ProcessTerminate", "Low", isInC: false),
        priority("ConnectionCreate", "Low"), priority("ListeningPorts", "High"), priority("SystemInformation", "Low"),
        priority("LocalUsers", "High"), priority("Login", "High"), priority("FirewallConfiguration", "Low"),
        priority("OSBaseline", "Low"), priority("ConnectedHardware", "Low", isInC: false),
        priority("Diagnostic", "Low"),
        priority("ConfigurationError", "Low", isInC: false), priority("DroppedEventsStatistics", "Low", isInC: false),
        priority("MessageStatistics", "Low", isInC: false),
        ConfigurationKey(
            name: "eventPriorityOperational", module: .classic, type: .priority, unit: "", documentedDefault: nil,
            cDefault: .word("High"), csharpDefault: nil,
            meaning: "all operational events of agent C together; they have a queue of their own, reported as high"),
    ]

    private static func priority(_ event: String, _ value: String, isInC: Bool = true) -> ConfigurationKey {
        ConfigurationKey(
            name: "eventPriority\(event)", module: .classic, type: .priority, unit: "", documentedDefault: .word(value),
            cDefault: isInC ? .word(value) : nil, csharpDefault: .word(value), meaning: "priority of \(event) events")
    }

    private static func duration(_ name: String, _ value: AgentDuration, _ meaning: String) -> ConfigurationKey {
        ConfigurationKey(
            name: name, module: .classic, type: .duration, unit: "ISO 8601 duration",
            documentedDefault: .duration(value), cDefault: .duration(value), csharpDefault: .duration(value),
            meaning: meaning)
    }

    private static func enabled(_ event: String, isInC: Bool = true) -> ConfigurationKey {
        ConfigurationKey(
            name: "aggregationEnabled\(event)", module: .classic, type: .boolean, unit: "",
            documentedDefault: .boolean(true), cDefault: isInC ? .boolean(true) : nil, csharpDefault: .boolean(true),
            meaning: "whether equal \(event) events are counted and sent once an interval")
    }

    private static func interval(_ event: String, isInC: Bool = true) -> ConfigurationKey {
        ConfigurationKey(
            name: "aggregationInterval\(event)", module: .classic, type: .duration, unit: "ISO 8601 duration",
            documentedDefault: .duration(.hours(1)), cDefault: isInC ? .duration(.hours(1)) : nil,
            csharpDefault: .duration(.hours(1)), meaning: "that interval for \(event)")
    }

    private static func optionalText(_ name: String, _ unit: String, _ meaning: String) -> ConfigurationKey {
        ConfigurationKey(
            name: name, module: .classic, type: .optionalText, unit: unit, documentedDefault: ConfigurationValue.none,
            cDefault: ConfigurationValue.none, csharpDefault: ConfigurationValue.none, meaning: meaning)
    }
}
