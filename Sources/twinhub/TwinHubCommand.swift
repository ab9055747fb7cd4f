import ArgumentParser
import Emulator

/// The command line: `twinhub serve` and everything beside it.
@main
struct TwinHubCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "twinhub",
        abstract: "A local emulator of Azure IoT Hub's device and module twins.",
        discussion: """
            Every flag can also be set in the environment: --https-port as TWINHUB_HTTPS_PORT, and so on. Flags win.
            """,
        version: "0.1.0",
        subcommands: [
            ServeCommand.self, EnvCommand.self, SASCommand.self, HealthCommand.self, WatchCommand.self,
            MonitorCommand.self, QueryCommand.self, SendCommand.self, SeedCommand.self, ResetCommand.self,
            LogCommand.self, LoadCommand.self, CACommand.self, SecurityCommand.self, AgentCommand.self,
            RouteCommand.self,
        ])

    static func main() {
        let given = OptionalValues.filling(Array(CommandLine.arguments.dropFirst()))
        let serves = given.first == ServeCommand.configuration.commandName
        if serves { Server.getReady() }
        let arguments = EnvironmentFlags.adding(to: given, variables: EnvironmentFlags.process)
        // A start is what people and test suites wait for, and half of it was reading the options of all the other commands.
        // They are only needed for words: help and errors are the whole tree's, below.
        guard serves, let serve = try? ServeCommand.parse(Array(arguments.dropFirst())) else { return main(arguments) }
        do { try serve.run() } catch { exit(withError: error) }
    }
}
