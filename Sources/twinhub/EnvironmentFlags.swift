import ArgumentParser
import Glibc

/// Flags from the environment: `TWINHUB_HTTPS_PORT=0` stands for `--https-port 0` wherever a command has that flag and
/// the command line does not give it. Which flags there are is read off the command's own help, so none is forgotten.
enum EnvironmentFlags {
    static let prefix = "TWINHUB_"

    /// Flags that may be given several times; their variable separates the values by commas.
    static let lists: Set<String> = ["--host-name"]

    /// The process's variables that begin with the prefix.
    static var process: [(name: String, value: String)] {
        var variables: [(String, String)] = []
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            if text.hasPrefix(prefix), let equals = text.firstIndex(of: "=") {
                variables.append((String(text[..<equals]), String(text[text.index(after: equals)...])))
            }
            next += 1
        }
        return variables
    }

    /// The arguments with what the environment adds, put right behind the name of the command, `log verify` say.
    static func adding(to arguments: [String], variables: [(name: String, value: String)]) -> [String] {
        var command: any ParsableCommand.Type = TwinHubCommand.self
        var depth = 0
        while depth < arguments.count,
            let next = command.configuration.subcommands.first(where: { $0._commandName == arguments[depth] })
        {
            command = next
            depth += 1
        }
        guard !variables.isEmpty, depth > 0 else { return arguments }
        let help = TwinHubCommand.helpMessage(for: command, columns: 400)
        var added: [String] = []
        for (variable, value) in variables {
            let flag = flag(of: variable)
            guard let takesValue = kind(of: flag, in: help) else { continue }
            if isGiven(flag, in: arguments) { continue }
            // A client's --data names its server, as --ready-file does.
            if flag == "--ready-file", command != ServeCommand.self, isGiven("--data", in: arguments) { continue }
            if !takesValue {
                if ["1", "true", "yes", "on"].contains(value.lowercased()) { added.append(flag) }
            } else if lists.contains(flag) {
                added += value.split(separator: ",").map { "\(flag)=\($0)" }
            } else {
                added.append("\(flag)=\(value)")
            }
        }
        return arguments.prefix(depth) + added + arguments.dropFirst(depth)
    }

    private static func isGiven(_ flag: String, in arguments: [String]) -> Bool {
        arguments.contains { $0 == flag || $0.hasPrefix(flag + "=") }
    }

    /// `TWINHUB_HTTPS_PORT` is `--https-port`.
    static func flag(of variable: String) -> String {
        "--" + String(variable.dropFirst(prefix.count).lowercased().map { $0 == "_" ? "-" : $0 })
    }

    /// Whether the help lists the flag with a value; nil where it does not list it.
    private static func kind(of flag: String, in help: String) -> Bool? {
        for line in help.split(separator: "\n") {
            let words = line.split(separator: " ")
            // `--flag/--no-flag` is one word; `[<value>]` may be left out.
            guard let place = words.prefix(3).firstIndex(where: { $0 == flag || $0.hasPrefix(flag + "/") }) else {
                continue
            }
            return place + 1 < words.count && (words[place + 1].hasPrefix("<") || words[place + 1].hasPrefix("[<"))
        }
        return nil
    }
}
