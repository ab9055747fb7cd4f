import Glibc

/// Bytes on their way into the store: a file beside the blobs that becomes one, or a block of one, or is dropped.
///
/// Made anywhere and then given to the account with each piece; its queue owns everything here.
public final class BlobWrite: @unchecked Sendable {
    /// The length that the client announced: room for it is taken before the first byte; 0 where it is not known before.
    let announced: Int
    private(set) var count = 0
    /// Why it will not become anything; what follows is dropped unread.
    private(set) var failure: BlobFailure?
    /// The room taken in the store.
    var reserved = 0
    private(set) var path: String?
    private var descriptor: Int32 = -1
    private let md5 = MD5()

    public init(announced: Int) { self.announced = announced }

    func open(_ path: String) throws(BlobFailure) {
        descriptor = try Disk.open(path, O_WRONLY | O_CREAT | O_EXCL)
        self.path = path
    }

    var isOpen: Bool { descriptor >= 0 }

    func append(_ bytes: [UInt8]) throws(BlobFailure) {
        let result = bytes.withUnsafeBytes { bytes in
            md5.update(bytes)
            return Result { () throws(BlobFailure) in try Disk.write(bytes, to: descriptor, path ?? "") }
        }
        try result.get()
        count += bytes.count
    }

    /// Appends a part of another file.
    func append(_ part: Fragment) throws(BlobFailure) {
        let source = try Disk.open(part.path, O_RDONLY)
        defer { close(source) }
        var offset = part.offset
        let end = part.offset + part.count
        while offset < end {
            let piece = try Disk.read(source, part.path, at: offset, count: min(Self.copiedBytes, end - offset))
            guard !piece.isEmpty else { throw .unusable(path: part.path, reason: "is shorter than it was") }
            try append(piece)
            offset += piece.count
        }
    }

    private static let copiedBytes = 1 << 20

    func fail(_ failure: BlobFailure) { if self.failure == nil { self.failure = failure } }

    /// Makes the bytes durable; answers their digest.
    func seal(expecting expected: [UInt8]?) throws(BlobFailure) -> [UInt8] {
        if let failure { throw failure }
        let digest = md5.finish()
        if let expected, expected != digest { throw .differentMD5 }
        try Disk.sync(descriptor, path ?? "")
        return digest
    }

    /// Closes the file and forgets it; it has another name by now, or none.
    func release() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
        path = nil
    }

    deinit { if descriptor >= 0 { close(descriptor) } }
}

/// A part of a file.
struct Fragment {
    let path: String
    let offset: Int
    let count: Int
}
