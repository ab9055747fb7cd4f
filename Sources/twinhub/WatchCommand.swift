import ArgumentParser
import Emulator
import JSON

/// `twinhub watch`: changes as they happen, as a diff.
struct WatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Show changes as they happen, as a diff.")

    @Argument(help: "DEVICE or DEVICE/MODULE; everything where it is left out.")
    var subject: String?
    @OptionGroup var server: ServerOption

    func run() throws {
        try Failures.reported {
            let style = TerminalStyle.standardOutput
            try feed.follow(server, after: nil) { data in
                guard let change = try? JSONDocument(parsing: Array(data.utf8)).root else { return }
                StandardOutput.write(ChangeText(change, style).text)
            }
        }
    }

    private var feed: LiveFeed {
        var feed = LiveFeed(path: "/emulator/changes", counter: "twinhub_events_total", entry: "change")
        guard let subject else { return feed }
        let (device, module) = PathSegment.split(subject)
        feed.query.append(("deviceId", device))
        if let module { feed.query.append(("moduleId", module)) }
        return feed
    }
}
