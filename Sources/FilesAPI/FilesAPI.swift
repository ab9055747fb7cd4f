import Blobs
import Endpoints

/// Files: what devices upload, the blob service that it goes to, and the registry's imports and exports.
public struct FilesAPI: Sendable {
    let account: StorageAccount
    /// Runs the imports and exports.
    public let registryJobs: RegistryJobDesk

    /// - Parameter folder: in which `file:` URIs may name containers; nil where none may.
    public init(_ account: StorageAccount, importExportFolder folder: String? = nil) {
        self.account = account
        registryJobs = RegistryJobDesk(Containers(account: account, folder: folder))
    }

    public var routes: [Route] {
        FileUploads(account: account).routes + FileNotifications(account: account).routes
            + BlobService(account: account).routes + RegistryJobs(desk: registryJobs).routes
    }
}
