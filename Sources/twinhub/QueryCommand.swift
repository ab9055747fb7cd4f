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
    @OptionGroup var server: ServerOption

    func run() throws {
        try Failures.reported {
            try server.client().query(text) { row in
                StandardOutput.write(String(decoding: row.raw, as: UTF8.self) + "\n")
                return true
            }
        }
    }
}

extension HubClient {
    /// Hands over the rows of a query, page by page, until it is answered false.
    func query(_ text: String, _ take: (JSONValue) -> Bool) throws {
        var body = JSONWriter()
        body.beginObject()
        body.key("query")
        body.value(text)
        body.endObject()
        var token: String?
        repeat {
            let fields = token.map { [(name: "x-ms-continuation", value: $0)] } ?? []
            let answer = try send("POST", "/devices/query?api-version=2021-04-12", fields: fields, body: body.bytes)
            guard answer.status == 200, let rows = answer.json else { throw StartFailure(answer.message) }
            for row in rows.elements where !take(row) { return }
            token = answer.field("x-ms-continuation")
        } while token != nil
    }
}
