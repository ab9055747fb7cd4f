import ArgumentParser
import Emulator
import Events
import Glibc
import JSON

/// `twinhub monitor`: shows what back ends would read from Event Hubs, as it happens, in the manner of
/// `az iot hub monitor-events`.
struct MonitorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "monitor", abstract: "Show telemetry, twin changes and lifecycle events as they arrive.")

    @Argument(help: "Only this device's events.")
    var device: String?
    @OptionGroup var server: ServerOption
    @Option(help: "Only events of this source: \(EventSource.allCases.map(\.rawValue).joined(separator: ", ")).")
    var source: EventSource?
    @Option(help: "Begin behind the event of this sequence; 0 shows everything that is kept. (default: from now on)")
    var after: UInt64?
    @Flag(help: "One JSON object a line, for scripts.")
    var json = false

    func run() throws {
        // A reader such as `head` that has seen enough ends the command in silence.
        signal(SIGPIPE, SIG_DFL)
        let layout = EventLayout(isColoured: !json && EventLayout.terminalTakesColour)
        let isRaw = json
        try server.client().follow(path) { name, data in
            if name == "gone" {
                StandardError.write("twinhub: \(data)\n")
            } else if isRaw {
                StandardOutput.write(data + "\n")
            } else if let event = try? JSONDocument(parsing: data).root {
                StandardOutput.write(layout.text(of: event))
            }
        }
    }

    private var path: String {
        var query: [String] = []
        if let device { query.append("deviceId=\(PathSegment.encode(device))") }
        if let source { query.append("source=\(source.rawValue)") }
        if let after { query.append("after=\(after)") }
        return "/emulator/events" + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    }
}

extension EventSource: ExpressibleByArgument {}
