import ArgumentParser
import Emulator
import JSON
import Vocabulary

/// `twinhub ca`: the authorities whose certificates devices and modules may show.
struct CACommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ca", abstract: "Register certificate authorities for X.509 devices and modules.",
        subcommands: [Add.self, List.self, Remove.self, Challenge.self, Verify.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add",
            abstract: "Register a root or intermediate authority, or replace the certificate of that name.")

        @Argument(help: "Its certificate, PEM or DER.")
        var file: String
        @Option(help: "What it is called. (default: the file's name)")
        var name: String?
        @Flag(help: "Vouch for it, without a proof that you have its key.")
        var verified = false
        @OptionGroup var server: ServerOption

        func run() throws {
            try Failures.reported {
                let name = name ?? Self.name(of: file)
                let hub = try CertificatePaths(server)
                let answer = try hub.send(
                    "PUT", name, verified ? "?verified=true" : "", fields: hub.replacing(name), file: file)
                StandardOutput.write(AuthorityLine.text(answer))
                if answer["properties"]?["isVerified"]?.bool != true {
                    StandardOutput.write("Devices get in once it is verified: twinhub ca challenge \(name)\n")
                }
            }
        }

        /// The last component without its ending.
        private static func name(of file: String) -> String {
            let last = file.split(separator: "/").last.map(String.init) ?? file
            guard let dot = last.lastIndex(of: "."), dot != last.startIndex else { return last }
            return String(last[..<dot])
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Show the registered authorities.")
        @OptionGroup var server: ServerOption

        func run() throws {
            try Failures.reported {
                let answer = try server.client().get("/emulator/certificates")
                for authority in answer["value"]?.elements.map({ $0 }) ?? [] {
                    StandardOutput.write(AuthorityLine.text(authority))
                }
            }
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove",
            abstract: "Forget an authority. Who is connected by it stays until it connects again.")
        @Argument(help: "Its name.")
        var name: String
        @OptionGroup var server: ServerOption

        func run() throws { try Failures.reported { _ = try CertificatePaths(server).send("DELETE", name) } }
    }

    struct Challenge: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "challenge",
            abstract: "Print a verification code: the CN of a certificate that you then sign with the authority's key.")
        @Argument(help: "The authority's name.")
        var name: String
        @OptionGroup var server: ServerOption

        func run() throws {
            try Failures.reported {
                let answer = try CertificatePaths(server).send("POST", name, "/generateVerificationCode")
                StandardOutput.write("\(answer["properties"]?["verificationCode"]?.string ?? "")\n")
            }
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Prove that you have an authority's key, by a certificate for the code of `ca challenge`.")
        @Argument(help: "The authority's name.")
        var name: String
        @Argument(help: "The certificate that it has signed, PEM or DER.")
        var file: String
        @OptionGroup var server: ServerOption

        func run() throws {
            try Failures.reported {
                StandardOutput.write(
                    AuthorityLine.text(try CertificatePaths(server).send("POST", name, "/verify", file: file)))
            }
        }
    }
}

/// The certificates' paths on a running hub.
private struct CertificatePaths {
    let client: HubClient

    init(_ server: ServerOption) throws { client = try server.client() }

    /// Sends a request about the authority, with a file as its body; throws the server's own words where it refuses.
    func send(
        _ method: String, _ name: String, _ rest: String = "", fields: [(name: String, value: String)] = [],
        file: String? = nil
    ) throws -> JSONValue {
        var body: [UInt8] = []
        if let file {
            guard let bytes = Files.read(file) else { throw StartFailure("\(file): \(SystemError.text())") }
            body = bytes
        }
        let answer = try client.send(method, path(name) + rest, fields: fields, body: body)
        guard answer.status / 100 == 2 else { throw StartFailure(answer.message) }
        return try answer.json ?? JSONDocument(parsing: Array("{}".utf8)).root
    }

    /// The condition under which one that is there is replaced as it was seen; none where there is none.
    func replacing(_ name: String) throws -> [(name: String, value: String)] {
        guard let etag = try client.getIfThere(path(name))?["etag"]?.string else { return [] }
        return [("If-Match", "\"\(etag)\"")]
    }

    private func path(_ name: String) -> String { "/emulator/certificates/\(PercentCoding.encode(name))" }
}

/// An authority on one line: name, state, thumbprint, expiry, subject.
private enum AuthorityLine {
    static func text(_ authority: JSONValue) -> String {
        let properties = authority["properties"]
        let state = properties?["isVerified"]?.bool == true ? "verified" : "unverified"
        let texts = ["thumbprint", "expiry", "subject"].map { properties?[$0]?.string ?? "" }
        return ([authority["name"]?.string ?? "", state] + texts).joined(separator: "  ") + "\n"
    }
}
