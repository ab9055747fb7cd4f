import ArgumentParser

/// The command line: `twinhub serve` and everything beside it.
///
/// Every command has its name in its configuration: to ask the type for it, as the parser otherwise does, costs more
/// than the rest of its work.
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
        let arguments = Array(CommandLine.arguments.dropFirst())
        main(EnvironmentFlags.adding(to: OptionalValues.filling(arguments), variables: EnvironmentFlags.process))
    }
}
