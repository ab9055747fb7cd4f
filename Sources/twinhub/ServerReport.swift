import Emulator
import JSON
import Vocabulary

/// What a running server said of itself when it was ready: `server.json` in its data folder, or its `--ready-file`.
struct ServerReport {
    let host: String
    let httpsPort: UInt16
    let mqttPort: UInt16
    /// From the root; nil where the server keeps nothing on disk.
    let dataFolder: String?
    let authorityFile: String?
    let tlsOnly: Bool
    /// The owner's.
    let connectionString: String?

    /// Where requests go.
    var url: String { "https://\(host):\(httpsPort)" }

    /// Throws a sentence for the person where no server has been ready there.
    init(file path: String) throws {
        guard let bytes = Files.read(path) else {
            throw StartFailure(
                "no server has been ready there (\(path): \(SystemError.text())); --data names its folder")
        }
        guard let report = try? JSONDocument(parsing: bytes).root, let host = report["host"]?.string,
            let https = report["httpsPort"]?.int,
            let mqtt = report["mqttPort"]?.int
        else { throw StartFailure("\(path) is not a ready report") }
        self.host = host
        httpsPort = UInt16(truncatingIfNeeded: https)
        mqttPort = UInt16(truncatingIfNeeded: mqtt)
        dataFolder = report["data"]?.string
        authorityFile = report["caFile"]?.string
        tlsOnly = report["tlsOnly"]?.bool ?? false
        connectionString = report["connectionString"]?.string
    }
}
