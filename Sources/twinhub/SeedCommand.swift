import ArgumentParser
import Emulator
import Endpoints
import Vocabulary

/// `twinhub seed`: loads bulk import lines into a running hub, which remembers them as its seed.
struct SeedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seed", abstract: "Load a file of bulk import lines into the running hub.",
        discussion: """
            Devices and modules of the file must be new; all of them are loaded or none. `twinhub reset` goes back to them. \
            A file too large for one request can be loaded into a new folder, by `twinhub serve --seed`.
            """)

    @Argument(help: "One JSON object a line, as bulk imports have them, and properties.reported.")
    var file: String
    @OptionGroup var server: ServerOption

    func run() throws {
        try Failures.reported {
            guard let bytes = Files.read(file) else { throw StartFailure("\(file): \(SystemError.text())") }
            guard bytes.count <= BodyLimit.bulk else {
                throw StartFailure(
                    "\(file): the hub takes \(BodyLimit.bulk) bytes at once; `twinhub serve --seed` on a new folder takes more"
                )
            }
            let answer = try server.client().send("POST", "/emulator/seed", body: bytes)
            guard answer.status == 200 else { throw StartFailure("\(file): \(answer.message)") }
            StandardOutput.write("\(answer.json?["identities"]?.int ?? 0) identities\n")
        }
    }
}

/// `twinhub reset`: back to the beginning.
struct ResetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset", abstract: "Take the running hub back to its seed, or to nothing.")

    enum Target: String, ExpressibleByArgument, CaseIterable { case seed, empty }

    @Option(help: "seed or empty.")
    var to: Target = .seed
    @OptionGroup var server: ServerOption

    func run() throws {
        try Failures.reported {
            let answer = try server.client()
                .send("POST", "/emulator/reset", body: Array("{\"to\":\"\(to.rawValue)\"}".utf8))
            guard answer.status == 204 else { throw StartFailure(answer.message) }
        }
    }
}
