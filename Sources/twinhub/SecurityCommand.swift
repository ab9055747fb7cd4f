import ArgumentParser
import Defender
import Emulator
import Hub
import JSON

/// `twinhub security`: the security modules of the devices and what their agents are told.
struct SecurityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "security", abstract: "Keep the security modules of devices, and their agents' configuration.",
        subcommands: [Secure.self, Settings.self, Show.self, Set.self, Reset.self, Report.self, Keys.self])

    struct Secure: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "secure",
            abstract: "Make the security modules that devices lack; one that is there is not touched.")

        @Argument(help: "Devices.")
        var devices: [String] = []
        @Flag(help: "Every device.")
        var all = false
        @Option(name: .customLong("where"), help: "Devices whose twin meets this condition of the query language.")
        var condition: String?
        @Option(help: "classic, micro or both.")
        var modules: DefenderSettings.Rule = .classic
        @OptionGroup var server: ServerOption

        func validate() throws { try FleetOptions.check(devices, all, condition) }

        func run() throws {
            try Failures.reported {
                var json = JSONWriter()
                json.beginObject()
                FleetOptions.write(devices, condition, to: &json)
                json.key("modules")
                json.value(modules.rawValue)
                json.endObject()
                let answer = try server.client().send(
                    "POST", "/emulator/defender/secure", body: json.bytes)
                guard answer.status == 200, let report = answer.json else { throw StartFailure(answer.message) }
                let (created, present) = (report["created"]?.int ?? 0, report["present"]?.int ?? 0)
                StandardOutput.write("\(created) made, \(present) there already\n")
                try FleetOptions.report(report)
            }
        }
    }

    struct Settings: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "settings", abstract: "Show or change which security modules every device has.")

        @Option(help: "none, classic, micro or both. (default: as it is)")
        var modules: DefenderSettings.Rule?
        @Option(help: "true or false: whether values that an agent would refuse are refused. (default: as it is)")
        var strict: Bool?
        @OptionGroup var server: ServerOption

        func run() throws {
            try Failures.reported {
                let client = try server.client()
                let path = "/emulator/defender/settings"
                var settings = try DefenderSettings(client.get(path))
                if modules != nil || strict != nil {
                    settings.rule = modules ?? settings.rule
                    settings.isStrict = strict ?? settings.isStrict
                    var json = JSONWriter()
                    settings.write(to: &json)
                    let answer = try client.send("PUT", path, body: json.bytes)
                    guard answer.status == 200, let report = answer.json else { throw StartFailure(answer.message) }
                    StandardOutput.write("\(report["created"]?.int ?? 0) modules made\n")
                    try FleetOptions.report(report)
                }
                StandardOutput.write("modules \(settings.rule.rawValue)  strict \(settings.isStrict)\n")
            }
        }
    }

    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set",
            abstract: "Change settings of agents, by patches that carry the complete configuration.",
            discussion: "`twinhub security set DEVICE… KEY=VALUE…`, or `--all KEY=VALUE…`.")

        @Argument(help: "Devices, and KEY=VALUE.")
        var words: [String]
        @Flag(help: "Every device that has the module.")
        var all = false
        @Option(name: .customLong("where"), help: "Devices whose twin meets this condition of the query language.")
        var condition: String?
        @Option(help: "classic or micro.")
        var modules: SecurityModule = .classic
        @OptionGroup var server: ServerOption

        private var devices: [String] { words.filter { !$0.contains("=") } }

        func validate() throws {
            guard words.contains(where: { $0.contains("=") }) else { throw ValidationError("KEY=VALUE is missing.") }
            try FleetOptions.check(devices, all, condition)
        }

        func run() throws {
            try Failures.reported {
                let changes = try words.filter { $0.contains("=") }.map { (text) throws in
                    try ConfigurationChange(parsing: text, of: modules)
                }
                try FleetOptions.change(devices, condition, modules, changes, server)
            }
        }
    }

    struct Reset: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reset", abstract: "Set settings of agents back to the agents' own defaults.")

        @Argument(help: "Devices.")
        var devices: [String] = []
        @Flag(help: "Every device that has the module.")
        var all = false
        @Option(name: .customLong("where"), help: "Devices whose twin meets this condition of the query language.")
        var condition: String?
        @Option(name: .customLong("key"), help: "A setting (repeatable).")
        var keys: [String]
        @Option(help: "classic or micro.")
        var modules: SecurityModule = .classic
        @OptionGroup var server: ServerOption

        func validate() throws {
            guard !keys.isEmpty else { throw ValidationError("--key is missing.") }
            try FleetOptions.check(devices, all, condition)
        }

        func run() throws {
            try Failures.reported {
                let changes = try keys.map { (key) throws in
                    try ConfigurationChange(key: key, value: nil, of: modules)
                }
                try FleetOptions.change(devices, condition, modules, changes, server)
            }
        }
    }

    struct Keys: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "keys", abstract: "List every setting of the agents with its type, unit and default.")

        @Option(help: "classic or micro. (default: both)")
        var modules: SecurityModule?
        @Flag(help: "As JSON.")
        var json = false

        func run() {
            let wanted = modules.map { [$0] } ?? SecurityModule.allCases
            if json { return StandardOutput.write(String(decoding: KeysPage.json(of: wanted), as: UTF8.self) + "\n") }
            for (number, module) in wanted.enumerated() {
                let gap = number == 0 ? "" : "\n"
                StandardOutput.write("\(gap)\(module.moduleID)\n\n\(TextTable.text(KeysPage.rows(of: module)))")
            }
        }
    }
}

/// What the commands over several devices have in common.
private enum FleetOptions {
    static func check(_ devices: [String], _ all: Bool, _ condition: String?) throws {
        let ways = [!devices.isEmpty, all, condition != nil].count { $0 }
        guard ways != 1 else { return }
        throw ValidationError(ways == 0 ? "Name devices, or say --all or --where." : "Devices, --all or --where: one.")
    }

    static func write(_ devices: [String], _ condition: String?, to json: inout JSONWriter) {
        if let condition {
            json.key("where")
            return json.value(condition)
        }
        json.key("devices")
        if devices.isEmpty { return json.value("all") }
        json.beginArray()
        for device in devices { json.value(device) }
        json.endArray()
    }

    static func change(
        _ devices: [String], _ condition: String?, _ module: SecurityModule, _ changes: [ConfigurationChange],
        _ server: ServerOption
    ) throws {
        var json = JSONWriter()
        json.beginObject()
        write(devices, condition, to: &json)
        json.key("modules")
        json.value(module.rawValue)
        json.key("set")
        json.beginObject()
        for change in changes {
            guard let value = change.value else { continue }
            json.key(change.key.name)
            value.write(to: &json)
        }
        json.endObject()
        json.key("reset")
        json.beginArray()
        for change in changes where change.value == nil { json.value(change.key.name) }
        json.endArray()
        json.endObject()
        let answer = try server.client().send(
            "POST", "/emulator/defender/configuration", body: json.bytes)
        guard answer.status == 200, let result = answer.json else { throw StartFailure(answer.message) }
        StandardOutput.write("\(result["changed"]?.int ?? 0) changed\n")
        try report(result)
    }

    /// Names what was refused, and fails where something was.
    static func report(_ answer: JSONValue) throws {
        for item in answer["refused"]?.elements.map({ $0 }) ?? [] {
            StandardError.write("\(item["deviceId"]?.string ?? ""): \(item["text"]?.string ?? "")\n")
        }
        let count = answer["refusedCount"]?.int ?? 0
        if count > 0 { throw StartFailure("\(count) refused") }
    }
}

extension DefenderSettings.Rule: ExpressibleByArgument {}
extension SecurityModule: ExpressibleByArgument {}
extension AgentKind: ExpressibleByArgument {}
