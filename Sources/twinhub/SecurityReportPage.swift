import JSON

/// The report of findings as one page of HTML that needs nothing else: to be read on a screen, light or dark, and on paper.
struct SecurityReportPage {
    private let document: JSONValue
    private let made: String

    /// - Parameter made: when the report was made, for its head.
    init(_ document: JSONValue, made: String) {
        self.document = document
        self.made = made
    }

    var html: String {
        let devices = document["devices"]?.elements.map { $0 } ?? []
        let open = devices.reduce(0) { $0 + ($1["open"]?.int ?? 0) }
        let leftOut = document["leftOut"]?.int ?? 0
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Security report</title>
            <style>\(Self.style)</style>
            </head>
            <body>
            <header>
            <h1>Security report</h1>
            <p>\(open) open \(open == 1 ? "finding" : "findings") on \(devices.count) \(devices.count == 1 ? "device" : "devices"), \
            made by TwinHub at \(escaped(Self.toTheSecond(made))) UTC\(leftOut > 0 ? "; \(leftOut) more devices are left out" : "")</p>
            </header>
            \(devices.isEmpty ? "<p class=\"none\">Nothing is found.</p>" : devices.map(section).joined(separator: "\n"))
            \(notEmulated)
            </body>
            </html>

            """
    }

    private func section(_ device: JSONValue) -> String {
        let rows = (device["findings"]?.elements.map { $0 } ?? []).sorted { rank($0) < rank($1) }.map(row)
        return """
            <section>
            <h2>\(escaped(device["deviceId"]?.string ?? ""))</h2>
            <table>
            <thead><tr><th>Severity</th><th>Finding</th><th>State</th><th>Since (UTC)</th><th>Seen</th><th>Evidence</th></tr></thead>
            <tbody>
            \(rows.joined(separator: "\n"))
            </tbody>
            </table>
            </section>
            """
    }

    private func row(_ finding: JSONValue) -> String {
        func text(_ key: String) -> String { escaped(finding[key]?.string ?? "") }
        let severity = finding["severity"]?.string ?? "none"
        let isOpen = finding["state"]?.string == "open"
        let source = [finding["evidence"]?["source"]?.string, finding["evidence"]?["eventId"]?.string]
            .compactMap { $0 }.joined(separator: " ")
        let mark = finding["mark"]?.string == "documented" ? "documented rule" : "TwinHub\u{2019}s approximation"
        // Where no type's name is published, the display name stands for it.
        let hasName = finding["type"]?.string != finding["displayName"]?.string
        let name = hasName ? "<code>\(text("type"))</code> " : ""
        let since = escaped(Self.toTheSecond(finding["opened"]?.string ?? ""))
        return """
            <tr class="\(isOpen ? "open" : "closed")">
            <td><span class="severity \(escaped(severity.lowercased()))">\(escaped(severity))</span></td>
            <td><strong>\(text("displayName"))</strong><br>\(name)<small>\(mark)</small></td>
            <td>\(text("state"))</td><td>\(since)</td><td>\(finding["count"]?.int ?? 0)</td>
            <td>\(text("text"))<br><small>\(escaped(source))</small></td>
            </tr>
            """
    }

    /// Open ones first, the severe ones before the others.
    private func rank(_ finding: JSONValue) -> Int {
        let severities = ["High", "Medium", "Low"]
        let severity = severities.firstIndex(of: finding["severity"]?.string ?? "") ?? severities.count
        return severity + (finding["state"]?.string == "open" ? 0 : 10)
    }

    private var notEmulated: String {
        let names = document["notEmulated"]?.elements.compactMap { $0["name"]?.string } ?? []
        return """
            <details>
            <summary>\(names.count) things that the cloud finds and TwinHub does not</summary>
            <p>\(names.map(escaped).joined(separator: "; "))</p>
            </details>
            """
    }

    private static func toTheSecond(_ time: String) -> String { String(time.prefix(19).map { $0 == "T" ? " " : $0 }) }

    private func escaped(_ text: String) -> String {
        text.reduce(into: "") { html, character in
            switch character {
            case "&": html += "&amp;"
            case "<": html += "&lt;"
            case ">": html += "&gt;"
            case "\"": html += "&quot;"
            case "'": html += "&#39;"
            default: html.append(character)
            }
        }
    }

    private static let style = """
        :root { color-scheme: light dark; --line: #d4d7dc; --soft: #616974; --high: #b3261e; --medium: #9a5b00; --low: #3d6b1f; }
        @media (prefers-color-scheme: dark) {
          :root { --line: #3b4048; --soft: #a3abb6; --high: #ff8a80; --medium: #ffc46b; --low: #a5d68a; }
        }
        body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
        h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.15rem; margin: 1.8rem 0 .4rem; }
        header p, small, details { color: var(--soft); }
        table { border-collapse: collapse; table-layout: fixed; width: 100%; }
        th, td { border-top: 1px solid var(--line); padding: .45rem .6rem .45rem 0; text-align: left; vertical-align: top; }
        th { border-top: 0; color: var(--soft); font-size: .8rem; font-weight: 600; }
        th:nth-child(1) { width: 9%; } th:nth-child(2) { width: 31%; } th:nth-child(3) { width: 7%; }
        th:nth-child(4) { width: 16%; } th:nth-child(5) { width: 5%; } td { overflow-wrap: anywhere; }
        .severity { font-weight: 600; } .high { color: var(--high); } .medium { color: var(--medium); } .low { color: var(--low); }
        tr.closed { color: var(--soft); } tr.closed .severity { color: inherit; }
        code { font-size: .85em; } details { margin-top: 2rem; }
        @media screen and (max-width: 48rem) {
          thead { display: none; } table, tbody, tr, td { display: block; }
          tr { border-top: 1px solid var(--line); padding: .5rem 0; } td { border: 0; padding: 0; }
          td:nth-child(n+3):nth-child(-n+5) { display: inline; } td:nth-child(n+4):nth-child(-n+5)::before { content: " · "; }
          td:nth-child(5)::after { content: "×"; }
        }
        @media print {
          body { margin: 0; max-width: none; font-size: 10pt; } tr, h2 { break-inside: avoid; } h2 { break-after: avoid; }
        }
        """
}
