import Blobs
import Hub
import JSON

/// Writes the registry as bulk import lines, as of one moment (rest.md section 13): devices and modules by id.
struct Export {
    /// Bytes that are written at a time.
    static let pieceBytes = 1 << 20
    /// What the service puts before the lines where the keys are left out; its words are not known.
    static let warning = "WARNING: excludeKeysInExport has left the keys of devices and modules out of this file.\n"

    private let run: RegistryJobRun
    private let excludesKeys: Bool

    init(_ run: RegistryJobRun, excludesKeys: Bool) {
        self.run = run
        self.excludesKeys = excludesKeys
    }

    func write(_ blob: BlobName, in container: any BlobContainer) throws(RegistryJobRun.Stop) {
        try run.goOn()
        let hub = run.hub
        let moment = Awaited { hub.moment(then: $0) }.value
        let writing = try RegistryJobRun.files { () throws(BlobFailure) in try container.write(blob) }
        do throws(RegistryJobRun.Stop) {
            try write(moment, to: writing)
            // A cancelled export leaves what was there.
            try run.goOn()
            try RegistryJobRun.files { () throws(BlobFailure) in try writing.publish() }
        } catch {
            writing.discard()
            throw error
        }
    }

    private func write(_ moment: HubMoment, to writing: any ContainerWriting) throws(RegistryJobRun.Stop) {
        var piece = excludesKeys ? Array(Self.warning.utf8) : []
        var stop: RegistryJobRun.Stop?
        func flush() throws(RegistryJobRun.Stop) {
            try run.goOn()
            try RegistryJobRun.files { () throws(BlobFailure) in try writing.append(piece) }
            piece.removeAll(keepingCapacity: true)
        }
        moment.forEachInOrder { entity in
            piece += entity.exportLine(excludesKeys: excludesKeys)
            piece.append(UInt8(ascii: "\n"))
            guard piece.count >= Self.pieceBytes else { return true }
            do throws(RegistryJobRun.Stop) { try flush() } catch { stop = error }
            return stop == nil
        }
        if let stop { throw stop }
        try flush()
    }
}

extension Entity {
    /// One element of a bulk request that makes this identity and twin anew.
    func exportLine(excludesKeys: Bool) -> [UInt8] {
        var json = JSONWriter(capacity: twin.tags.count + twin.desired.count + twin.reported.count + 512)
        json.beginObject()
        json.key("id")
        json.value(id.device)
        if let module = id.module {
            json.key("moduleId")
            json.value(module)
        }
        json.key("eTag")
        json.value(identity.etag)
        // Every line has one, since an import asks for it; a module has no other.
        json.key("status")
        json.value(identity.status.rawValue)
        if let reason = identity.statusReason {
            json.key("statusReason")
            json.value(reason)
        }
        if let managedBy = identity.managedBy {
            json.key("managedBy")
            json.value(managedBy)
        }
        json.key("authentication")
        identity.writeAuthentication(to: &json, withKeys: !excludesKeys)
        json.key("twinETag")
        json.value(twin.etag)
        json.key("tags")
        json.raw(twin.tags)
        json.key("properties")
        json.beginObject()
        json.key("desired")
        json.raw(twin.desired)
        json.key("reported")
        json.raw(twin.reported)
        json.endObject()
        if !id.isModule {
            json.key("capabilities")
            json.beginObject()
            json.key("iotEdge")
            json.value(identity.iotEdge)
            json.endObject()
            if let scope = identity.deviceScope {
                json.key("deviceScope")
                json.value(scope)
            }
            if !identity.parentScopes.isEmpty {
                json.key("parentScopes")
                json.beginArray()
                for scope in identity.parentScopes { json.value(scope) }
                json.endArray()
            }
        }
        json.endObject()
        return json.bytes
    }
}
