import Endpoints

extension SecurityAPI {
    /// For the OpenAPI document, by operation.
    public static var descriptions: [String: OperationDescription] {
        var all: [String: OperationDescription] = [:]
        let settings = Schema.object([
            .optional("modules", .words(["none", "classic", "micro", "both"])), .optional("strict", .boolean),
        ])
        all["Emulator_GetDefenderSettings"] = .init("How security modules are kept.").answers(200, settings)
        all["Emulator_PutDefenderSettings"] = .init("Change how security modules are kept.").takes(settings)
            .answers(200, .object([])).fails(409)
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
        all["Emulator_GetSecurityReport"] = .init("Findings of all devices.").answers(200, .object([]))
        return all
    }

    private static var selection: [Schema.Member] {
        [.optional("devices", .oneOf([.words(["all"]), .array(of: .identifier)])), .optional("where", .string)]
    }

    private static var settingChanges: [Schema.Member] {
        [.optional("set", .object([])), .optional("reset", .array(of: .string))]
    }
}

extension OperationDescription {
    fileprivate func takes(_ members: [Schema.Member], optional: Bool = false) -> Self {
        takes(.object(members), optional: optional)
    }
}
