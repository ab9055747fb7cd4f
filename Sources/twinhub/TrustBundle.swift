import Emulator
import Vocabulary

/// The system's trusted roots with TwinHub's own behind them: for programs that take one file of roots and would
/// otherwise trust nobody else any more.
enum TrustBundle {
    /// Where Debian, Fedora, openSUSE, and Alpine keep theirs.
    private static let systemFiles = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ]

    /// Writes the bundle; answers its path from the root. A system without roots gets a bundle of TwinHub's own.
    static func write(adding file: String, to path: String) throws -> String {
        guard let own = Files.read(file) else { throw StartFailure("\(file): \(SystemError.text())") }
        var bytes = systemFiles.lazy.compactMap { Files.read($0) }.first ?? []
        if let last = bytes.last, last != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
        bytes += own
        if Files.read(path) != bytes, !Files.write(bytes, to: path) {
            throw StartFailure("\(path): \(SystemError.text())")
        }
        return Files.absolute(path)
    }
}
