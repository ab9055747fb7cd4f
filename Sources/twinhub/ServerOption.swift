import ArgumentParser
import Emulator
import Vocabulary

/// Which running server a command talks to: the one on a data folder, or the one that wrote a ready report.
struct ServerOption: ParsableArguments {
    @Option(help: "The data folder of the server.")
    var data = "./twinhub-data"
    @Option(help: "The server that wrote this with --ready-file, in place of the one on the data folder.")
    var readyFile: String?

    /// What it said when it was ready.
    ///
    /// - Throws: a sentence for the person where no server has been ready there.
    func report() throws -> ServerReport {
        try ServerReport(file: readyFile ?? DataFolder(data).readyReport)
    }

    func client() throws -> HubClient { try HubClient(report()) }

    /// The server's own roots as a file, and where a bundle with the system's belongs; nil where it has a certificate of
    /// somebody else's. A server without a data folder has no such file: its roots are fetched and put beside the report.
    func roots(of client: HubClient) throws -> (own: String, bundle: String)? {
        let report = client.report
        if let file = report.authorityFile, let folder = report.dataFolder {
            return (file, DataFolder(folder).trustBundle)
        }
        guard let readyFile else { return nil }
        let answer = try client.send("GET", "/emulator/ca.pem")
        if answer.status == 404 { return nil }
        guard answer.status == 200 else { throw StartFailure(answer.message) }
        let own = readyFile + ".ca.pem"
        if Files.read(own) != answer.body, !Files.write(answer.body, to: own) {
            throw StartFailure("\(own): \(SystemError.text())")
        }
        return (Files.absolute(own), readyFile + ".ca-bundle.pem")
    }
}
