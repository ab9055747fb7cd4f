import Endpoints

extension SecurityAPI {
    /// For the OpenAPI document, by operation.
    public static var descriptions: [String: OperationDescription] {
        var all: [String: OperationDescription] = [:]
        let settings = Schema.object([
            .optional("modules", .words(["none", "classic", "micro", "both"])), .optional("strict", .boolean),
        ])
        all["Emulator_GetDefenderSettings"] = .init("How security modules are kept.")
            .answers(200, settings, headers: ["ETag"])
        all["Emulator_PutDefenderSettings"] = .init("Change how security modules are kept.").conditional()
            .takes(settings).answers(200, .object([]), headers: ["ETag"]).fails(409)
        all["Emulator_SecureDevices"] = .init("Make the security modules that devices lack.")
            .takes(selection + [.optional("modules", .words(["classic", "micro", "both"]))], optional: true)
            .answers(200, .object([])).fails(409)
        all["Emulator_UpdateFleetConfiguration"] = .init("Change agents' settings of many devices in one batch.")
            .takes(selection + [.optional("modules", .words(["classic", "micro"]))] + settingChanges)
            .answers(200, .object([])).fails(403)
        all["Emulator_ListConfigurationKeys"] = .init("Every setting of the agents.").answers(200, .any)
        all["Emulator_GetSecurityConfiguration"] = .init("What an agent is told, runs with and has reported.")
            .query("agent", .words(["c", "csharp", "micro"])).answers(200, .object([]))
        all["Emulator_UpdateSecurityConfiguration"] = .init("Change one agent's settings.")
            .takes(.object(settingChanges)).answers(200, .object([])).fails(403, 412)
        all["Emulator_GetSecurity"] = .init("What a device's security messages have said.").answers(200, .object([]))
        all["Emulator_ReadSecurityEvents"] = .init("A device's security messages, decoded and checked.")
            .query("after", .count).query("type").header("Prefer", .string, "wait=SECONDS")
            .answers(200, .object([]), as: "application/json", "text/event-stream").answers(204).fails(410)
        all["Emulator_GetSecurityReport"] = .init("Findings of 1,000 devices, the first by id.")
            .query("after", .string, "A device's id: those behind it.").answers(200, .object([]))
        all["Emulator_WatchFindings"] = .init("Findings as they are opened, updated and closed.")
            .query("after", .count).query("deviceId").query("severity", .words(["High", "Medium", "Low"]))
            .header("Prefer", .string, "wait=SECONDS")
            .answers(200, .object([]), as: "application/json", "text/event-stream").answers(204).fails(410)
        all.merge(groups) { $1 }
        return all
    }

    private static var groups: [String: OperationDescription] {
        var all: [String: OperationDescription] = [:]
        let (group, rules) = (Schema.securityGroup, Schema.securityGroupRules)
        all["Emulator_ListSecurityGroups"] = .init("Device security groups, the built-in one among them.")
            .answers(200, .object([.needed("value", .array(of: group))]))
        all["Emulator_GetSecurityGroup"] = .init("A device security group with all rules.")
            .answers(200, group, headers: ["ETag"])
        all["Emulator_PutSecurityGroup"] = .init("Make a device security group, or replace it.").conditional()
            .takes(.object([.optional("properties", rules)]))
            .answers(200, group, headers: ["ETag"]).answers(201, group, headers: ["ETag"])
        all["Emulator_DeleteSecurityGroup"] = .init("Remove a device security group; `default` gets its defaults back.")
            .conditional().answers(200).answers(204)
        return all
    }

    private static var selection: [Schema.Member] {
        [.optional("devices", .oneOf([.words(["all"]), .array(of: .identifier)])), .optional("where", .string)]
    }

    private static var settingChanges: [Schema.Member] {
        [.optional("set", .object([])), .optional("reset", .array(of: .string))]
    }
}

extension Schema {
    fileprivate static var securityGroup: Schema {
        .named(
            "SecurityGroup",
            .object([
                .needed("id", .string), .needed("name", .string), .needed("type", .string),
                .needed("properties", securityGroupRules),
            ]))
    }

    fileprivate static var securityGroupRules: Schema {
        .object([
            .optional("timeWindowRules", .array(of: timeWindowRule)),
            .optional("allowlistRules", .array(of: allowlistRule)),
            .optional("denylistRules", .array(of: .any, count: 0...0)),
            .optional("thresholdRules", .array(of: .any, count: 0...0)),
        ])
    }

    private static var timeWindowRule: Schema {
        .object([
            .needed("ruleType", .string), .needed("isEnabled", .boolean), .needed("minThreshold", .count),
            .needed("maxThreshold", .count), .optional("timeWindowSize", .string),
        ])
    }

    private static var allowlistRule: Schema {
        .object([
            .needed("ruleType", .string), .needed("isEnabled", .boolean),
            .optional("allowlistValues", .array(of: .string)),
        ])
    }
}

extension OperationDescription {
    fileprivate func takes(_ members: [Schema.Member], optional: Bool = false) -> Self {
        takes(.object(members), optional: optional)
    }
}
