import Vocabulary

/// The container of the hub's own storage account.
public struct AccountContainer: BlobContainer {
    private let account: StorageAccount

    public init(_ account: StorageAccount) { self.account = account }

    public func open(_ name: BlobName) throws(BlobFailure) -> any ContainerReading {
        let reading = try Awaited { account.open(name, BlobConditions(), then: $0) }.value.get()
        return Reading(account, reading)
    }

    public func write(_ name: BlobName) throws(BlobFailure) -> any ContainerWriting { Writing(account, name) }

    private final class Reading: ContainerReading {
        private let account: StorageAccount
        private let reading: BlobReading
        private var offset = 0

        init(_ account: StorageAccount, _ reading: BlobReading) {
            self.account = account
            self.reading = reading
        }

        func next() throws(BlobFailure) -> [UInt8] {
            let bytes = try Awaited {
                account.read(reading, at: offset, count: ContainerPiece.bytes, then: $0)
            }.value.get()
            offset += bytes.count
            return bytes
        }
    }

    private final class Writing: ContainerWriting {
        private let account: StorageAccount
        private let name: BlobName
        private let write = BlobWrite(announced: 0)

        init(_ account: StorageAccount, _ name: BlobName) {
            self.account = account
            self.name = name
        }

        /// What goes wrong with a piece shows at the end.
        func append(_ bytes: [UInt8]) throws(BlobFailure) {
            _ = Awaited { account.append(bytes, to: write, then: $0) }.value
        }

        func publish() throws(BlobFailure) {
            var headers = ContentHeaders()
            headers.type = "text/plain"
            _ = try Awaited { account.putBlob(write, name, headers, expecting: nil, BlobConditions(), then: $0) }
                .value.get()
        }

        func discard() { account.discard(write) }
    }
}
