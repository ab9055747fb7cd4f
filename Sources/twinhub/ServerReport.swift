import Emulator
import JSON

/// What the server running on a data folder said of itself when it was ready (`server.json`).
struct ServerReport {
    let host: String
    let httpsPort: UInt16
    let mqttPort: UInt16
    let authorityFile: String?
    let tlsOnly: Bool
    /// The owner's.
    let connectionString: String?

    /// Where requests go.
    var url: String { "https://\(host):\(httpsPort)" }

    /// Throws a sentence for the person where no server has been ready on that folder.
    init(dataFolder: String) throws {
        let path = DataFolder(dataFolder).readyReport
        guard let bytes = Files.read(path) else {
            throw StartFailure("no server has been ready on \(dataFolder) (\(path): \(Files.reason))")
        }
        let report = try JSONDocument(parsing: bytes).root
        guard let host = report["host"]?.string, let https = report["httpsPort"]?.int,
            let mqtt = report["mqttPort"]?.int
        else { throw StartFailure("\(path) is not a ready report") }
        self.host = host
        httpsPort = UInt16(truncatingIfNeeded: https)
        mqttPort = UInt16(truncatingIfNeeded: mqtt)
        authorityFile = report["caFile"]?.string
        tlsOnly = report["tlsOnly"]?.bool ?? false
        connectionString = report["connectionString"]?.string
    }
}
