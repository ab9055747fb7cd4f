import Vocabulary

/// Blobs in a folder. Belongs to the account's queue, and blocks it for as long as the disk takes.
///
/// A blob has a folder of its own, with `properties.json`, the file of bytes that it names, and `blocks/` for those that
/// wait for their list. Bytes arrive in `incoming/` and are durable before they get a name; a crash at any moment leaves
/// the old blob or the new one, and what it leaves besides is swept away at the next start.
final class BlobStore {
    let limits: BlobLimits
    private let environment: Environment
    private let incoming: String
    private let files: String
    private(set) var keptBytes = 0
    private var arrivals = 0
    private var lastModified = Timestamp.never

    init(folder: String, limits: BlobLimits, environment: Environment) throws(BlobFailure) {
        self.limits = limits
        self.environment = environment
        incoming = folder + "/incoming"
        files = folder + "/files"
        Files.remove(incoming)
        try Disk.makeFolder(incoming)
        try Disk.makeFolder(files)
        var sweep = BlobSweep(limits: limits, now: environment.now())
        sweep.run(files)
        keptBytes = sweep.keptBytes
    }

    private func folder(_ name: BlobName) -> String { files + "/" + name.folder }

    // MARK: Arriving

    /// Takes the next piece; what goes wrong shows when the write is to become something.
    func append(_ bytes: [UInt8], to write: BlobWrite) {
        guard write.failure == nil else { return }
        do throws(BlobFailure) {
            try open(write)
            try makeRoom(for: write, write.count + bytes.count)
            try write.append(bytes)
        } catch {
            discard(write)
            write.fail(error)
        }
    }

    private func open(_ write: BlobWrite) throws(BlobFailure) {
        guard !write.isOpen else { return }
        try makeRoom(for: write, write.announced)
        arrivals += 1
        do throws(BlobFailure) {
            try write.open("\(incoming)/\(arrivals)")
        } catch {
            keptBytes -= write.reserved
            write.reserved = 0
            throw error
        }
    }

    /// Takes room for so many bytes, where the write has less: all at once for one whose length was announced.
    private func makeRoom(for write: BlobWrite, _ bytes: Int) throws(BlobFailure) {
        guard bytes > write.reserved else { return }
        guard bytes <= limits.blobBytes else { throw .tooLarge(limit: limits.blobBytes) }
        guard keptBytes + bytes - write.reserved <= limits.keptBytes else { throw .full(limit: limits.keptBytes) }
        keptBytes += bytes - write.reserved
        write.reserved = bytes
    }

    func discard(_ write: BlobWrite) {
        if let path = write.path { Files.remove(path) }
        write.release()
        keptBytes -= write.reserved
        write.reserved = 0
    }

    /// Runs what makes a write into something, and drops the write where that fails.
    private func using<Result>(
        _ write: BlobWrite, _ body: () throws(BlobFailure) -> Result
    ) throws(BlobFailure) -> Result {
        do throws(BlobFailure) {
            if let failure = write.failure { throw failure }
            try open(write)
            return try body()
        } catch {
            discard(write)
            throw error
        }
    }

    // MARK: Writing

    /// A whole blob at once. Blocks that waited for a list are dropped, as in Azure.
    func putBlob(
        _ write: BlobWrite, _ name: BlobName, _ headers: ContentHeaders, expecting md5: [UInt8]?,
        _ conditions: BlobConditions
    ) throws(BlobFailure) -> BlobProperties {
        try using(write) { () throws(BlobFailure) in
            let current = try properties(of: name)
            try conditions.checkWrite(current)
            let digest = try write.seal(expecting: md5)
            return try publish(write, name, headers, md5: digest, blocks: [], over: current)
        }
    }

    /// A block that waits for its list; one of the same id is replaced. Answers its digest.
    func putBlock(
        _ write: BlobWrite, _ name: BlobName, _ id: BlockID, expecting md5: [UInt8]?
    ) throws(BlobFailure) -> [UInt8] {
        try using(write) { () throws(BlobFailure) in
            let blocks = folder(name) + "/blocks"
            let names = Files.names(in: blocks)
            var other = names.first
            if other == nil { other = try properties(of: name)?.blocks.first?.id.fileName }
            guard other == nil || other?.utf8.count == id.fileName.utf8.count else { throw .differentBlockLength }
            let path = blocks + "/" + id.fileName
            let replaced = Disk.size(path)
            guard replaced != nil || names.count < limits.stagedBlocks else {
                throw .tooManyBlocks(limit: limits.stagedBlocks)
            }
            let digest = try write.seal(expecting: md5)
            try Disk.makeFolder(blocks)
            try Disk.move(write.path ?? "", to: path)
            try Disk.syncFolder(blocks)
            keptBytes += write.count - write.reserved - (replaced ?? 0)
            write.reserved = 0
            write.release()
            return digest
        }
    }

    /// Makes the blob out of blocks; those of the waiting ones that the list does not name are dropped.
    func putBlockList(
        _ name: BlobName, _ list: [BlockReference], _ headers: ContentHeaders, md5: [UInt8]?,
        _ conditions: BlobConditions
    ) throws(BlobFailure) -> BlobProperties {
        guard list.count <= limits.committedBlocks else { throw .tooManyBlocks(limit: limits.committedBlocks) }
        let current = try properties(of: name)
        try conditions.checkWrite(current)
        let fragments = try fragments(of: name, list, current)
        let size = fragments.reduce(0) { $0 + $1.count }
        let write = BlobWrite(announced: size)
        return try using(write) { () throws(BlobFailure) in
            for fragment in fragments { try write.append(fragment) }
            _ = try write.seal(expecting: nil)
            var blocks: [BlobProperties.Block] = []
            for (reference, fragment) in zip(list, fragments) {
                blocks.append(BlobProperties.Block(id: reference.id, size: fragment.count))
            }
            return try publish(write, name, headers, md5: md5, blocks: blocks, over: current)
        }
    }

    private func fragments(
        of name: BlobName, _ list: [BlockReference], _ current: BlobProperties?
    ) throws(BlobFailure) -> [Fragment] {
        let folder = folder(name)
        var committed: [BlockID: Fragment] = [:]
        if let current {
            var offset = 0
            for block in current.blocks {
                committed[block.id] = Fragment(
                    path: folder + "/" + current.content, offset: offset, count: block.size)
                offset += block.size
            }
        }
        func waiting(_ id: BlockID) -> Fragment? {
            let path = folder + "/blocks/" + id.fileName
            return Disk.size(path).map { Fragment(path: path, offset: 0, count: $0) }
        }
        var fragments: [Fragment] = []
        fragments.reserveCapacity(list.count)
        for reference in list {
            let found: Fragment?
            switch reference {
            case .committed(let id): found = committed[id]
            case .uncommitted(let id): found = waiting(id)
            case .latest(let id): found = waiting(id) ?? committed[id]
            }
            guard let found else { throw .unknownBlock }
            fragments.append(found)
        }
        return fragments
    }

    /// The write's bytes become the blob's.
    private func publish(
        _ write: BlobWrite, _ name: BlobName, _ headers: ContentHeaders, md5: [UInt8]?, blocks: [BlobProperties.Block],
        over current: BlobProperties?
    ) throws(BlobFailure) -> BlobProperties {
        let folder = folder(name)
        let modified = max(
            environment.now(), Timestamp(ticks: max(lastModified, current?.modified ?? .never).ticks + 1))
        let properties = BlobProperties(
            name: name, content: "content-\(String(modified.ticks, radix: 16))", size: write.count, modified: modified,
            created: current?.created ?? modified, headers: headers, md5: md5, blocks: blocks)
        try Disk.makeFolder(folder)
        let path = folder + "/" + properties.content
        try Disk.move(write.path ?? "", to: path)
        do throws(BlobFailure) {
            // Makes the content's name durable as well.
            try Disk.replace(folder + "/properties.json", with: properties.json)
        } catch {
            Files.remove(path)
            throw error
        }
        lastModified = modified
        keptBytes += write.count - write.reserved - (current?.size ?? 0)
        write.reserved = 0
        write.release()
        if let current { Files.remove(folder + "/" + current.content) }
        dropBlocks(folder)
        return properties
    }

    private func dropBlocks(_ folder: String) {
        let blocks = folder + "/blocks"
        for name in Files.names(in: blocks) { keptBytes -= Disk.size(blocks + "/" + name) ?? 0 }
        Files.remove(blocks)
    }

    // MARK: Reading

    /// Nil where there is no such blob.
    func properties(of name: BlobName) throws(BlobFailure) -> BlobProperties? {
        let path = folder(name) + "/properties.json"
        guard let bytes = try Disk.read(path) else { return nil }
        guard let properties = BlobProperties(json: bytes), properties.name == name else {
            throw .unusable(path: path, reason: "is damaged")
        }
        return properties
    }

    func open(_ name: BlobName, _ conditions: BlobConditions) throws(BlobFailure) -> BlobReading {
        guard let properties = try properties(of: name) else { throw .notFound }
        try conditions.checkRead(properties)
        return try BlobReading(properties, path: folder(name) + "/" + properties.content)
    }

    func delete(_ name: BlobName, _ conditions: BlobConditions) throws(BlobFailure) {
        guard let properties = try properties(of: name) else { throw .notFound }
        try conditions.checkWrite(properties)
        let folder = folder(name)
        keptBytes -= properties.size
        dropBlocks(folder)
        // The name goes first: what a crash leaves behind is swept.
        Files.remove(folder + "/properties.json")
        try Disk.syncFolder(folder)
        Files.remove(folder)
    }
}

extension BlockReference {
    var id: BlockID {
        switch self {
        case .committed(let id), .uncommitted(let id), .latest(let id): id
        }
    }
}
