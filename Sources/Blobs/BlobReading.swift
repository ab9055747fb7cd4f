import Glibc

/// A blob opened for reading: goes on being what it was when another is written in its place.
///
/// Not checked: the descriptor is used on the account's queue only, and closed once, by the last who holds this.
public final class BlobReading: @unchecked Sendable {
    public let properties: BlobProperties
    private let path: String
    private let descriptor: Int32

    init(_ properties: BlobProperties, path: String) throws(BlobFailure) {
        self.properties = properties
        self.path = path
        descriptor = try Disk.open(path, O_RDONLY)
    }

    func read(at offset: Int, count: Int) throws(BlobFailure) -> [UInt8] {
        try Disk.read(descriptor, path, at: offset, count: count)
    }

    deinit { close(descriptor) }
}
