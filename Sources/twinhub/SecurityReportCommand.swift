import ArgumentParser
import Emulator
import JSON
import Vocabulary

extension SecurityCommand {
    /// `twinhub security report`: what is found about the devices.
    struct Report: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "report",
            abstract: "Show what is found about devices from their security messages and configuration.")

        @Flag(help: "Closed findings too.")
        var all = false
        @Flag(help: "As JSON, with what is not emulated.")
        var json = false
        @Option(help: "Write a page of HTML to this file.")
        var html: String?
        @OptionGroup var server: ServerOption

        func run() throws {
            try Failures.reported {
                let document = try SecurityReport.whole(server.client())
                if let html {
                    let page = SecurityReportPage(document, made: Environment.system.now().description)
                    guard Files.write(Array(page.html.utf8), to: html) else {
                        throw StartFailure("\(html): \(SystemError.text())")
                    }
                    return
                }
                if json { return StandardOutput.write(String(decoding: document.raw, as: UTF8.self) + "\n") }
                StandardOutput.write(text(document, .standardOutput))
            }
        }

        private func text(_ document: JSONValue, _ style: TerminalStyle) -> String {
            var rows = [["DEVICE", "SEVERITY", "FINDING", "STATE", "SINCE", "COUNT", "EVIDENCE"]]
            var isOpen = [true]
            for device in document["devices"]?.elements.map({ $0 }) ?? [] {
                for finding in device["findings"]?.elements.map({ $0 }) ?? [] {
                    let state = finding["state"]?.string ?? ""
                    guard all || state == "open" else { continue }
                    isOpen.append(state == "open")
                    rows.append([
                        device["deviceId"]?.string ?? "", finding["severity"]?.string ?? "-",
                        finding["type"]?.string ?? "", state, finding["opened"]?.string ?? "",
                        String(finding["count"]?.int ?? 0), finding["text"]?.string ?? "",
                    ])
                }
            }
            guard rows.count > 1 else { return "nothing is found\n" }
            return TextTable.text(rows) { number, line in isOpen[number] ? line : style.text(line, .grey) }
        }
    }
}
