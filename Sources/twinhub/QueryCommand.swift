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
            if explain {
                let answer = try client.send("POST", "/emulator/query/explain", body: Self.body(text))
                guard answer.status == 200, let plan = answer.json else { throw StartFailure(answer.message) }
                return StandardOutput.write(String(decoding: plan.raw, as: UTF8.self) + "\n")
            }
            try client.query(text) { row in
                StandardOutput.write(String(decoding: row.raw, as: UTF8.self) + "\n")
                return true
            }
        }
    }

    fileprivate static func body(_ text: String) -> [UInt8] {
        var body = JSONWriter()
        body.beginObject()
        body.key("query")
        body.value(text)
        body.endObject()
        return body.bytes
    }
}

extension HubClient {
    /// Hands over the rows of a query, page by page, until it is answered false.
    func query(_ text: String, _ take: (JSONValue) -> Bool) throws {
        let body = QueryCommand.body(text)
        var token: String?
        repeat {
            let fields = token.map { [(name: "x-ms-continuation", value: $0)] } ?? []
            let answer = try send("POST", "/devices/query?api-version=2021-04-12", fields: fields, body: body)
            guard answer.status == 200, let rows = answer.json else { throw StartFailure(answer.message) }
            for row in rows.elements where !take(row) { return }
            token = answer.field("x-ms-continuation")
        } while token != nil
    }
}
