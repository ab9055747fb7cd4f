import Blobs
import Endpoints

/// Files that devices upload: the hub's part of it, and the blob service that the files go to.
public struct FilesAPI: Sendable {
    let account: StorageAccount

    public init(_ account: StorageAccount) { self.account = account }

    public var routes: [Route] {
        FileUploads(account: account).routes + FileNotifications(account: account).routes
            + BlobService(account: account).routes
    }
}
