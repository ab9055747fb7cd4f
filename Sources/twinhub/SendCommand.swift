import ArgumentParser
import Emulator
import Vocabulary

/// `twinhub send`: a cloud-to-device message, which the real service takes over AMQP only.
struct SendCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Send a cloud-to-device message.",
        discussion: "The body is TEXT, or what comes on standard input.")

    @Argument(help: "DEVICE or DEVICE/MODULE.")
    var subject: String
    @Argument(help: "The body. (default: standard input)")
    var text: String?
    @Option(help: "An application property, NAME=VALUE (repeatable).")
    var property: [String] = []
    @Option(help: "Feedback that is wanted: none, positive, negative or full.")
    var ack = "none"
    @Option(help: "Seconds after which the message is no longer delivered, at least 1. (default: an hour)")
    var ttl: Lifetime?
    @OptionGroup var server: ServerOption

    func run() throws {
        try Failures.reported {
            let client = try server.client()
            var fields = [("iothub-ack", ack)]
            for pair in property {
                guard let equals = pair.firstIndex(of: "=") else {
                    throw StartFailure("--property takes NAME=VALUE, not '\(pair)'")
                }
                fields.append(("iothub-app-\(pair[..<equals])", String(pair[pair.index(after: equals)...])))
            }
            if let ttl {
                let expiry = Environment.system.now().adding(seconds: Double(ttl.seconds))
                fields.append(("iothub-expiry", expiry.description))
            }
            let body = try text.map { Array($0.utf8) } ?? StandardInput.read()
            let answer = try client.send(
                "POST", "/emulator\(PathSegment.identity(subject))/messages", fields: fields, body: body)
            guard answer.status == 201 else { throw StartFailure(answer.message) }
            StandardOutput.write("\(answer.json?["messageId"]?.string ?? "")\n")
        }
    }
}
