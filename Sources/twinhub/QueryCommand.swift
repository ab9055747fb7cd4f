import ArgumentParser
import Emulator
import JSON

/// `twinhub query`: the rows of a query, one JSON object a line.
struct QueryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query", abstract: "Run a query in IoT Hub's query language; one row a line.",
        discussion: "twinhub query \"SELECT deviceId, tags.site FROM devices WHERE tags.line = 'A'\"")

    @Argument(help: "SELECT … FROM devices or devices.modules …")
    var text: String
    @Flag(help: "Tell how the twins are found in place of showing them.")
    var explain = false
    @OptionGroup var server: ServerOption

    func run() throws {
        try Failures.reported {
            let client = try server.client()
            var body = JSONWriter()
            body.beginObject()
            body.key("query")
            body.value(text)
            body.endObject()
            if explain {
                let answer = try client.send("POST", "/emulator/query/explain", body: body.bytes)
                guard answer.status == 200, let plan = answer.json else { throw StartFailure(answer.message) }
                return StandardOutput.write(String(decoding: plan.raw, as: UTF8.self) + "\n")
            }
            var token: String?
            repeat {
                let fields = token.map { [(name: "x-ms-continuation", value: $0)] } ?? []
                let answer = try client.send(
                    "POST", "/devices/query?api-version=2021-04-12", fields: fields, body: body.bytes)
                guard answer.status == 200, let rows = answer.json else { throw StartFailure(answer.message) }
                for row in rows.elements { StandardOutput.write(String(decoding: row.raw, as: UTF8.self) + "\n") }
                token = answer.field("x-ms-continuation")
            } while token != nil
        }
    }
}
