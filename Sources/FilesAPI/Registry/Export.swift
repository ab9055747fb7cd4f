import Blobs
import Hub

/// Writes the registry as bulk import lines, as of one moment (rest.md section 13): devices and modules by id.
struct Export {
    /// Bytes that are written at a time.
    static let pieceBytes = 1 << 20
    /// What the service puts before the lines where the keys are left out; its words are not known.
    static let warning = "WARNING: excludeKeysInExport has left the keys of devices and modules out of this file.\n"

    private let run: RegistryJobRun

    init(_ run: RegistryJobRun) { self.run = run }

    func writeDevices(
        to blob: BlobName, in container: any BlobContainer, withKeys: Bool
    ) throws(RegistryJobRun.Stop) {
        try run.goOn()
        let hub = run.hub
        let moment = Awaited { hub.moment(then: $0) }.value
        try write(blob, in: container) { (write) throws(RegistryJobRun.Stop) in
            if !withKeys { try write(Array(Self.warning.utf8)) }
            var stop: RegistryJobRun.Stop?
            moment.forEachInOrder { entity in
                do throws(RegistryJobRun.Stop) {
                    try write(entity.exportLine(withKeys: withKeys))
                } catch {
                    stop = error
                }
                return stop == nil
            }
            if let stop { throw stop }
        }
    }

    func writeConfigurations(to blob: BlobName, in container: any BlobContainer) throws(RegistryJobRun.Stop) {
        try write(blob, in: container) { (write) throws(RegistryJobRun.Stop) in
            for configuration in run.hub.configurations { try write(configuration.exportLine) }
        }
    }

    /// Writes a blob of lines, which takes its name when it is whole: an export that is cancelled leaves what was there.
    private func write(
        _ blob: BlobName, in container: any BlobContainer,
        _ body: ((_ line: [UInt8]) throws(RegistryJobRun.Stop) -> Void) throws(RegistryJobRun.Stop) -> Void
    ) throws(RegistryJobRun.Stop) {
        let writing = try RegistryJobRun.files { () throws(BlobFailure) in try container.write(blob) }
        var piece: [UInt8] = []
        func flush() throws(RegistryJobRun.Stop) {
            try run.goOn()
            try RegistryJobRun.files { () throws(BlobFailure) in try writing.append(piece) }
            piece.removeAll(keepingCapacity: true)
        }
        do throws(RegistryJobRun.Stop) {
            try body { (line) throws(RegistryJobRun.Stop) in
                piece += line
                if piece.count >= Self.pieceBytes { try flush() }
            }
            try flush()
            try RegistryJobRun.files { () throws(BlobFailure) in try writing.publish() }
        } catch {
            writing.discard()
            throw error
        }
    }
}
