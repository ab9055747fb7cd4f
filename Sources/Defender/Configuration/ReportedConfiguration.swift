import JSON

/// What an agent writes into the reported properties of its module (defender.md sections 2.4 and 3.3).
public enum ReportedConfiguration {
    /// The patch of reported with which a classic agent tells what it runs with.
    ///
    /// - Precondition: the configuration is a classic agent's.
    public static func patch(_ configuration: RunningConfiguration) -> [UInt8] {
        precondition(configuration.agent != .micro, "the micro agent reports an outcome, not a configuration")
        var json = JSONWriter()
        json.beginObject()
        json.key(SecurityModule.objectName)
        json.beginObject()
        for name in configuration.agent == .c ? cOrder : csharpOrder {
            guard let value = configuration[name], value != .none else { continue }
            json.key(name)
            json.beginObject()
            json.key("value")
            json.value(value, by: configuration.agent)
            json.endObject()
        }
        json.endObject()
        json.endObject()
        return json.bytes
    }

    /// The patch of reported with which the micro agent tells how its last configuration went. A `null` removes what an earlier
    /// failure left.
    public static func microPatch(invalid keys: [String]) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("latest_state")
        json.value(keys.isEmpty ? "success" : "failed")
        json.key("latest_invalid_fields")
        if keys.isEmpty {
            json.null()
        } else {
            json.beginArray()
            for key in keys { json.value(key) }
            json.endArray()
        }
        json.endObject()
        return json.bytes
    }

    private static let cOrder =
        [
            "maxLocalCacheSizeInBytes", "maxMessageSizeInBytes", "highPriorityMessageFrequency",
            "lowPriorityMessageFrequency", "snapshotFrequency", "baselineCustomChecksEnabled",
            "baselineCustomChecksFilePath", "baselineCustomChecksFileHash",
        ]
        + [
            "OSBaseline", "ConnectionCreate", "Diagnostic", "FirewallConfiguration", "ListeningPorts", "LocalUsers",
            "Login", "Operational", "ProcessCreate", "SystemInformation",
        ].map { "eventPriority\($0)" }
        + [
            "aggregationEnabledProcessCreate", "aggregationIntervalProcessCreate", "aggregationEnabledConnectionCreate",
            "aggregationIntervalConnectionCreate",
        ]

    private static let csharpOrder =
        [
            "ConnectedHardware", "ListeningPorts", "ProcessCreate", "ProcessTerminate", "SystemInformation",
            "LocalUsers", "Login", "ConnectionCreate", "FirewallConfiguration", "OSBaseline",
        ].map { "eventPriority\($0)" }
        + [
            "baselineCustomChecksEnabled", "baselineCustomChecksFilePath", "baselineCustomChecksFileHash",
            "aggregationEnabledProcessCreate", "aggregationIntervalProcessCreate", "aggregationEnabledConnectionCreate",
            "aggregationIntervalConnectionCreate", "aggregationEnabledProcessTerminate",
            "aggregationIntervalProcessTerminate", "hubResourceId", "highPriorityMessageFrequency",
            "lowPriorityMessageFrequency", "snapshotFrequency", "maxLocalCacheSizeInBytes", "maxMessageSizeInBytes",
        ]
        + ["Diagnostic", "ConfigurationError", "DroppedEventsStatistics", "MessageStatistics"].map {
            "eventPriority\($0)"
        }
}

extension JSONWriter {
    fileprivate mutating func value(_ value: ConfigurationValue, by agent: AgentKind) {
        switch (value, agent) {
        case (.word(let word), .c): self.value(word.lowercased())
        case (.duration(let duration), .c): self.value(duration.cText)
        default: value.write(to: &self)
        }
    }
}
