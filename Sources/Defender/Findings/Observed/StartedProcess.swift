import JSON

/// A process that was started, once or, in an aggregated event, several times.
struct StartedProcess {
    let executable: String
    let commandLine: String

    init(classic item: JSONValue) {
        executable = item["Executable"]?.string ?? ""
        commandLine = item["CommandLine"]?.string ?? ""
    }

    /// Nil for a process that has ended.
    init?(micro item: JSONValue) {
        guard item["event_type"]?.string != "EXIT" else { return nil }
        executable = item["executable"]?.string ?? ""
        commandLine = item["commandline"]?.string ?? ""
    }

    /// The executable's last path component, with either system's separator.
    var name: String { Self.lastComponent(executable) }

    /// The command line's words without quotes, each by its last path component where it is the command.
    var words: [String] {
        commandLine.split { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == ";" || $0 == "|" || $0 == "&" }
            .map { String($0.filter { $0 != "\"" && $0 != "'" }) }
    }

    static func lastComponent(_ path: String) -> String {
        String(path.split { $0 == "/" || $0 == "\\" }.last ?? "")
    }
}
