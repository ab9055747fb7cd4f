extension ConfigurationKey {
    /// Every documented key of the micro agent (defender.md section 3.2), in the order of that table.
    static let micro: [ConfigurationKey] =
        [
            key(
                "CollectorsCore_PriorityIntervals", .intervals, "minutes", .text("30,120,1440"),
                "how often what is of high, medium and low frequency is sent"),
            key(
                "IothubModule_MessageTimeout", .integer(0...4_294_967_295), "minutes", .integer(2880),
                "how long a message may wait to be sent before it is dropped"),
        ]
        + collector("Baseline", .low)
        + [
            key("Baseline_GroupsDisabled", .optionalText, "comma list", .none, "groups of checks that are not run"),
            key("Baseline_ChecksDisabled", .optionalText, "comma list", .none, "ids of checks that are not run"),
        ]
        + collector("SystemInformation", .low)
        + ["HardwareVendor", "HardwareModel", "HardwareSerialNumber", "FirmwareVendor", "FirmwareVersion"].map {
            key("SystemInformation_\($0)", .optionalText, "", .none, "what is reported as \($0)")
        }
        + collector("SBoM", .low) + collector("Heartbeat", .low) + collector("Login", .medium)
        + [key("Login_UsePAM", .boolean, "", .boolean(false), "whether logins are read from PAM")]
        + collector("NetworkActivity", .medium)
        + [
            key("NetworkActivity_Devices", .text, "comma list", .text("eth0"), "interfaces that are listened on"),
            cache("NetworkActivity"),
            key(
                "NetworkActivity_PacketBufferSize", .integer(0...4_294_967_295), "bytes", .integer(2_097_152),
                "buffer of an interface and direction"),
        ]
        + collector("Process", .medium)
        + [
            key(
                "Process_PollingInterval", .integer(0...4_294_967_295), "microseconds", .integer(100_000),
                "how often processes are listed, in polling mode"),
            key("Process_Mode", .integer(1...3), "1 Auto, 2 Netlink, 3 Polling", .integer(1), "how processes are seen"),
            cache("Process"),
        ]
        + collector("LogCollector", .low) + collector("FileSystem", .low)
        + [
            key("FileSystem_Recursive", .boolean, "", .boolean(true), "whether folders in the paths are watched too"),
            key("FileSystem_Paths", .optionalText, "comma list", .none, "paths that are watched"),
            cache("FileSystem"),
        ]
        + collector("Peripheral", .low) + [cache("Peripheral")]
        + collector("Statistics", .low) + [cache("Statistics")]

    private enum Frequency: String { case low = "Low", medium = "Medium" }

    /// The two keys that each collector has.
    private static func collector(_ name: String, _ frequency: Frequency) -> [ConfigurationKey] {
        [
            key("\(name)_Disabled", .boolean, "", .boolean(false), "whether \(name) is not collected"),
            key(
                "\(name)_MessageFrequency", .frequency, "", .word(frequency.rawValue), "how often \(name) is sent"),
        ]
    }

    private static func cache(_ name: String) -> ConfigurationKey {
        key("\(name)_CacheSize", .integer(0...4_294_967_295), "events", .integer(256), "events kept after aggregation")
    }

    private static func key(
        _ name: String, _ type: ValueType, _ unit: String, _ value: ConfigurationValue, _ meaning: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            name: name, module: .micro, type: type, unit: unit, documentedDefault: value, cDefault: nil,
            csharpDefault: nil, meaning: meaning)
    }
}
