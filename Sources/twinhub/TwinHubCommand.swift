import ArgumentParser

/// The command line: `twinhub serve` and everything beside it.
@main
struct TwinHubCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "twinhub", abstract: "A local emulator of Azure IoT Hub's device and module twins.")
}
