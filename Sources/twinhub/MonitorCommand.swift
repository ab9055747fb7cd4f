import ArgumentParser
import Emulator
import Events
import JSON

/// `twinhub monitor`: shows what back ends would read from Event Hubs, as it happens, in the manner of
/// `az iot hub monitor-events`.
struct MonitorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "monitor", abstract: "Show telemetry, twin changes and lifecycle events as they arrive.")

    @Argument(help: "Only this device's events.")
    var device: String?
    @OptionGroup var server: ServerOption
    @Option(help: "Only events of this source.")
    var source: EventSource?
    @Option(help: "Only events that routes have sent to this endpoint; events is the built-in one.")
    var endpoint: String?
    @Option(help: "Begin behind the event of this sequence; 0 shows everything that is kept. (default: from now on)")
    var after: UInt64?
    @Flag(help: "One JSON object a line, for scripts.")
    var json = false

    func run() throws {
        try Failures.reported {
            let layout = EventLayout(isColoured: !json && EventLayout.terminalTakesColour)
            let isRaw = json
            try feed.follow(server, after: after) { data in
                if isRaw {
                    StandardOutput.write(data + "\n")
                } else if let event = try? JSONDocument(parsing: data).root {
                    StandardOutput.write(layout.text(of: event))
                }
            }
        }
    }

    private var feed: LiveFeed {
        var feed = LiveFeed(path: "/emulator/events", counter: "twinhub_device_events_total", entry: "event")
        if let device { feed.query.append(("deviceId", device)) }
        if let source { feed.query.append(("source", source.rawValue)) }
        if let endpoint { feed.query.append(("endpoint", endpoint)) }
        return feed
    }
}

extension EventSource: ExpressibleByArgument {}
