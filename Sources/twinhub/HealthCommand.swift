import ArgumentParser
import Emulator

/// `twinhub health`: an exit status for container checks and scripts.
struct HealthCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Exit with 0 if the hub on a data folder serves everything, else with 1.")

    /// How long a healthy hub may take to say so, in seconds: less than container checks wait.
    private static let answerSeconds = 2

    @OptionGroup var server: ServerOption

    func run() throws {
        try Failures.reported {
            let answer = try server.client().send("GET", "/health/ready", within: Self.answerSeconds)
            guard answer.status == 200 else {
                throw StartFailure(answer.json?["reason"]?.string ?? "the server answered \(answer.status)")
            }
            StandardOutput.write("ready\n")
        }
    }
}
