import Blobs
import HTTP
import Hub
import Vocabulary

/// The containers that imports and exports may use: the hub's own, and folders of one that was allowed (`--import-export`).
struct Containers: Sendable {
    let account: StorageAccount
    /// Nil allows none.
    let folder: String?

    enum Use: Character {
        case read = "r"
        case write = "w"
    }

    /// The container of a URI. Whether its sender may use it is `check`'s to say.
    func container(_ uri: ContainerURI) throws(HubError) -> any BlobContainer {
        if uri.address.lowercased().hasPrefix("file:") { return try folderContainer(uri) }
        guard isOwn(uri) else {
            let own = "https://{host}/\(StorageAccount.name)/\(StorageAccount.container)"
            throw .container(
                "TwinHub reaches \(own), and file: URIs in the folder that --import-export names; not '\(uri.address)'."
            )
        }
        return AccountContainer(account)
    }

    /// Looks at everything about a job's containers that can be known before it runs, as the real hub does.
    func check(_ draft: RegistryJobDraft, at now: Timestamp) throws(HubError) {
        for name in [draft.blob, draft.configurationsBlob].compactMap({ $0 }) {
            guard let blob = BlobName(name) else { throw HubError(.argumentInvalid, "'\(name)' names no blob.") }
            if case .import(let input) = draft.work { try check(input, blob, .read, draft, at: now) }
            try check(draft.output, blob, .write, draft, at: now)
        }
    }

    private func check(
        _ uri: ContainerURI, _ blob: BlobName, _ use: Use, _ draft: RegistryJobDraft, at now: Timestamp
    ) throws(HubError) {
        switch try container(uri) {
        case let folder as FolderContainer:
            guard !blob.text.contains("/") else {
                throw .container("'\(blob)' is a path; a blob of a folder is a file in it.")
            }
            do throws(BlobFailure) {
                try folder.check(forWriting: use == .write)
            } catch {
                throw .container(error)
            }
        default:
            // The hub's own identity may use the hub's own account.
            guard draft.authentication == .keyBased else { return }
            do throws(BlobError) {
                try BlobAccess(account).check(nil, use.rawValue, at: now) { Self.parameter($0, of: uri.query) }
            } catch {
                throw .container("\(error.message) \(error.detail ?? "")")
            }
        }
    }

    private func isOwn(_ uri: ContainerURI) -> Bool {
        let parts = uri.address.split(separator: "/", omittingEmptySubsequences: true)
        guard parts.count == 4, ["http:", "https:"].contains(parts[0].lowercased()) else { return false }
        return parts[2] == StorageAccount.name && parts[3] == StorageAccount.container
    }

    /// `file:///folder`, also with `localhost` for the host (RFC 8089 section 2).
    private func folderContainer(_ uri: ContainerURI) throws(HubError) -> FolderContainer {
        guard let folder else {
            throw .container("file: URIs are taken where the hub runs with --import-export FOLDER, for what is in it.")
        }
        var path = uri.address.dropFirst("file:".count)
        if path.hasPrefix("//") {
            path = path.dropFirst(2)
            if path.lowercased().hasPrefix("localhost/") { path = path.dropFirst("localhost".count) }
        }
        guard path.hasPrefix("/"), let decoded = PercentCoding.decode(String(path)), !decoded.contains("\0") else {
            throw .container("'\(uri.address)' is no file: URI with a path from the root.")
        }
        do throws(BlobFailure) {
            return try FolderContainer(decoded, within: folder)
        } catch {
            throw .container(error)
        }
    }

    private static func parameter(_ name: String, of query: String) -> String? {
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts[0].lowercased() == name else { continue }
            let value = parts.count > 1 ? String(parts[1]) : ""
            return PercentCoding.decode(value) ?? value
        }
        return nil
    }
}

extension HubError {
    static func container(_ text: String) -> HubError { HubError(.blobContainerValidationError, text) }
    static func container(_ failure: BlobFailure) -> HubError { .container(failure.sentence) }
}

extension BlobFailure {
    /// What went wrong with a container, for people.
    var sentence: String {
        switch self {
        case .notFound: "The specified blob does not exist."
        case .unusable(let path, let reason): "\(path): \(reason)"
        case .tooLarge(let limit): "A blob holds at most \(limit) bytes (--max-blob-bytes)."
        case .full(let limit): "All blobs together hold at most \(limit) bytes (--blobs-keep)."
        default: "The storage account failed: \(self)"
        }
    }
}
