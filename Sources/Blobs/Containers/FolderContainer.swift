import Glibc

/// A folder whose files stand in for a container's blobs: what `file:` URIs name.
public struct FolderContainer: BlobContainer {
    /// From the root, links followed.
    let path: String

    /// - Parameter root: the folder that this one must be, or be in, whatever links there are on the way.
    public init(_ path: String, within root: String) throws(BlobFailure) {
        self.path = try Self.real(path)
        let root = try Self.real(root)
        guard self.path == root || self.path.hasPrefix(root == "/" ? root : root + "/") else {
            throw .unusable(path: path, reason: "is not in \(root)")
        }
        var status = stat()
        guard stat(self.path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw .unusable(path: path, reason: "is not a folder")
        }
    }

    private static func real(_ path: String) throws(BlobFailure) -> String {
        guard let resolved = realpath(path, nil) else { throw Disk.failure(path) }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Throws unless its files can be read, or written as well.
    public func check(forWriting: Bool) throws(BlobFailure) {
        guard access(path, forWriting ? R_OK | W_OK | X_OK : R_OK | X_OK) == 0 else { throw Disk.failure(path) }
    }

    public func open(_ name: BlobName) throws(BlobFailure) -> any ContainerReading {
        try Reading(try file(name))
    }

    public func write(_ name: BlobName) throws(BlobFailure) -> any ContainerWriting {
        try Writing(try file(name), in: path)
    }

    /// A blob is a file in the folder itself, so that no name leads anywhere else.
    private func file(_ name: BlobName) throws(BlobFailure) -> String {
        guard !name.text.utf8.contains(UInt8(ascii: "/")) else {
            throw .unusable(path: name.text, reason: "is a path, where a file's name is asked for")
        }
        return path + "/" + name.text
    }

    private final class Reading: ContainerReading {
        private let path: String
        private let descriptor: Int32
        private var offset = 0

        init(_ path: String) throws(BlobFailure) {
            self.path = path
            // Not through a link, nor one that waits, such as a pipe.
            descriptor = try Disk.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        }

        func next() throws(BlobFailure) -> [UInt8] {
            let bytes = try Disk.read(descriptor, path, at: offset, count: ContainerPiece.bytes)
            offset += bytes.count
            return bytes
        }

        deinit { close(descriptor) }
    }

    private final class Writing: ContainerWriting {
        private let path: String
        private let folder: String
        private let temporary: String
        private let descriptor: Int32

        init(_ path: String, in folder: String) throws(BlobFailure) {
            self.path = path
            self.folder = folder
            // One job writes at a time; what a crash has left is begun anew.
            temporary = path + ".new"
            Disk.remove(file: temporary)
            descriptor = try Disk.open(temporary, O_WRONLY | O_CREAT | O_EXCL)
        }

        func append(_ bytes: [UInt8]) throws(BlobFailure) {
            let result = bytes.withUnsafeBytes { bytes in
                Result { () throws(BlobFailure) in try Disk.write(bytes, to: descriptor, temporary) }
            }
            try result.get()
        }

        func publish() throws(BlobFailure) {
            try Disk.sync(descriptor, temporary)
            try Disk.move(temporary, to: path)
            try Disk.syncFolder(folder)
        }

        func discard() { Disk.remove(file: temporary) }

        deinit { close(descriptor) }
    }
}
