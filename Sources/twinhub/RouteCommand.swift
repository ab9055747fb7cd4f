import ArgumentParser
import Emulator
import JSON
import Vocabulary

/// `twinhub route`: which events go to which endpoint.
struct RouteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "route", abstract: "Declare and try the routes of events to endpoints.",
        subcommands: [Show.self, Apply.self, Clear.self, Test.self])

    private static let path = "/emulator/routing"

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Print routes, endpoints and enrichments as JSON, in the form that `apply` takes.")

        @OptionGroup var server: ServerOption

        func run() throws {
            try Failures.reported {
                let plan = try server.client().get(path)
                StandardOutput.write(String(decoding: plan.raw, as: UTF8.self) + "\n")
            }
        }
    }

    struct Apply: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "apply",
            abstract: "Make this file the hub's routes, endpoints and enrichments; nothing else stays.")

        @Argument(help: "JSON in the form of properties.routing of a hub in Azure Resource Manager.")
        var file: String
        @OptionGroup var server: ServerOption

        func run() throws {
            try Failures.reported {
                guard let bytes = Files.read(file) else { throw StartFailure("\(file): \(SystemError.text())") }
                let answer = try server.client().send("PUT", path, body: bytes)
                guard answer.status == 200, let plan = answer.json else {
                    throw StartFailure("\(file): \(answer.message)")
                }
                StandardOutput.write("\(plan["routes"]?.count ?? 0) routes\n")
            }
        }
    }

    struct Clear: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "clear", abstract: "Forget them: every event goes to the built-in endpoint again.")

        @OptionGroup var server: ServerOption

        func run() throws {
            try Failures.reported {
                let answer = try server.client().send("DELETE", path)
                guard answer.status == 204 else { throw StartFailure(answer.message) }
            }
        }
    }

    struct Test: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "test",
            abstract: "Ask what would become of a message: by a condition, or by all routes of the hub.",
            discussion: """
                twinhub route test --body '{"t":80}' --condition '$body.t > 70' prints true, false or undefined. Without a \
                condition it prints the routes that take the message, each with its endpoint.
                """)

        @Option(help: "A condition. (default: the hub's routes)")
        var condition: String?
        @Option(help: "DeviceMessages, TwinChangeEvents, …")
        var source = "DeviceMessages"
        @Option(help: "The message's body, as application/json in UTF-8.")
        var body: String?
        @Option(name: .customLong("property"), help: "NAME=VALUE, a property of the message (repeatable).")
        var properties: [String] = []
        @Option(name: .customLong("system-property"), help: "contentType=…, and so on (repeatable).")
        var systemProperties: [String] = []
        @Option(help: "The device whose message it is, with its twin.")
        var device: String?
        @Option(help: "The device's module whose message it is.")
        var module: String?
        @OptionGroup var server: ServerOption

        func validate() throws {
            for text in properties + systemProperties where !text.contains("=") {
                throw ValidationError("\(text): NAME=VALUE is expected.")
            }
            guard module == nil || device != nil else { throw ValidationError("--module needs --device.") }
        }

        func run() throws {
            try Failures.reported {
                let name = condition == nil ? "$testall" : "$testnew"
                let answer = try server.client().send("POST", "\(path)/routes/\(name)", body: request)
                guard answer.status == 200, let json = answer.json else { throw StartFailure(answer.message) }
                if let result = json["result"]?.string { return StandardOutput.write(result + "\n") }
                let taking = json["routes"]?.elements.compactMap { $0["properties"] } ?? []
                let rows = taking.map { route in
                    [route["name"]?.string ?? "", route["endpointNames"]?.elements.first { _ in true }?.string ?? ""]
                }
                if rows.isEmpty { return StandardOutput.write("no route\n") }
                StandardOutput.write(TextTable.text([["ROUTE", "ENDPOINT"]] + rows))
            }
        }

        private var request: [UInt8] {
            var json = JSONWriter()
            json.beginObject()
            json.key("routingSource")
            json.value(source)
            if let condition {
                json.key("route")
                json.beginObject()
                for (key, value) in [("name", "test"), ("source", source), ("condition", condition)] {
                    json.key(key)
                    json.value(value)
                }
                json.key("endpointNames")
                json.beginArray()
                json.value("events")
                json.endArray()
                json.endObject()
            }
            for (key, value) in [("deviceId", device), ("moduleId", module)] where value != nil {
                json.key(key)
                json.value(value)
            }
            json.key("message")
            json.beginObject()
            if let body {
                json.key("body")
                json.value(body)
            }
            let types = body == nil ? [] : ["contentType=application/json", "contentEncoding=utf-8"]
            for (key, texts) in [("appProperties", properties), ("systemProperties", types + systemProperties)] {
                json.key(key)
                json.beginObject()
                for text in texts {
                    let name = text.prefix { $0 != "=" }
                    json.key(String(name))
                    json.value(String(text.dropFirst(name.count + 1)))
                }
                json.endObject()
            }
            json.endObject()
            json.endObject()
            return json.bytes
        }
    }
}
