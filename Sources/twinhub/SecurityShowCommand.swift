import ArgumentParser
import Defender
import Emulator
import JSON

extension SecurityCommand {
    /// `twinhub security show`: what an agent is told, what it will run with and what it said.
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show what a device's agent is told, what it will really run with, and what it reported.")

        @Argument(help: "The device.")
        var device: String
        @Option(help: "c, csharp or micro: whose rules are followed. (default: by what it reports)")
        var agent: AgentKind?
        @Flag(help: "As JSON.")
        var json = false
        @OptionGroup var server: ServerOption

        func run() throws {
            try Failures.reported {
                let query = agent.map { "?agent=\($0.rawValue)" } ?? ""
                let document = try server.client().get(
                    "/emulator/devices/\(PathSegment.encode(device))/security/configuration\(query)")
                if json { return StandardOutput.write(String(decoding: document.raw, as: UTF8.self) + "\n") }
                StandardOutput.write(SecurityText(document, .standardOutput).text)
            }
        }
    }
}

/// A device's security configuration for a person.
struct SecurityText {
    private let document: JSONValue
    private let style: TerminalStyle

    init(_ document: JSONValue, _ style: TerminalStyle) {
        self.document = document
        self.style = style
    }

    var text: String { head + table + lint }

    private var head: String {
        let name = "\(document["deviceId"]?.string ?? "")/\(document["moduleId"]?.string ?? "")"
        let agent = document["agent"]?.string ?? ""
        let state = document["state"]?.string ?? ""
        let version = document["desiredVersion"]?.int ?? 0
        let delivered =
            document["delivered"]
            .flatMap { $0["version"]?.int.map { "version \($0)" } }.map { ", handed \($0)" } ?? ""
        var text = "\(name)  agent \(agent) \(state), desired version \(version)\(delivered)\n"
        if let refused = document["refused"], !refused.isNull {
            let message = refused["message"]?.string ?? ""
            text += style.text("refused version \(refused["version"]?.int ?? 0): \(message)", .red) + "\n"
        }
        let drift = document["drift"]?.int ?? 0
        return text + (drift == 0 ? "no drift\n\n" : style.text("\(drift) settings drift", .yellow) + "\n\n")
    }

    private var table: String {
        let rows = document["keys"]?.elements.map { $0 } ?? []
        let cells = rows.map { row -> [String] in
            let notes = (row["differences"]?.elements.map { $0["text"]?.string ?? "" } ?? []).joined(separator: "; ")
            let since = row["since"]?.string.map { "since \($0): " } ?? ""
            return [row["key"]?.string ?? ""]
                + ["default", "desired", "running", "reported"].map { Self.cell(row[$0]) } + [since + notes]
        }
        let heads = ["KEY", "DEFAULT", "DESIRED", "RUNNING", "REPORTED", ""]
        return TextTable.text([heads] + cells) { number, line in
            number > 0 && rows[number - 1]["drift"]?.bool == true ? style.text(line, .yellow) : line
        }
    }

    private var lint: String {
        let findings = document["lint"]?.elements.map { $0 } ?? []
        if findings.isEmpty { return "" }
        return "\n"
            + findings.map { finding in
                let isError = finding["severity"]?.string == "error"
                let key = finding["key"]?.string.map { "\($0): " } ?? ""
                let text = "\(finding["severity"]?.string ?? "")  \(key)\(finding["text"]?.string ?? "")"
                return style.text(text, isError ? .red : .yellow) + "\n"
            }.joined()
    }

    /// Characters of a value that are shown; the whole of it stands in `--json`.
    private static let widest = 32

    private static func cell(_ value: JSONValue?) -> String {
        guard let value, !value.isNull else { return "-" }
        let text = value.string.map { $0.isEmpty ? "\"\"" : $0 } ?? String(decoding: value.raw, as: UTF8.self)
        return text.count > widest ? text.prefix(widest - 1) + "…" : text
    }
}
