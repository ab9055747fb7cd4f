import Vocabulary

/// One look at every blob at start: counts what is kept, and removes what crashes and forgetful clients have left.
struct BlobSweep {
    let limits: BlobLimits
    let now: Timestamp
    private(set) var keptBytes = 0

    init(limits: BlobLimits, now: Timestamp) {
        self.limits = limits
        self.now = now
    }

    /// - Parameter files: the folder of devices' folders.
    mutating func run(_ files: String) {
        eachEnd(files) { device in
            eachEnd(device) { blob in visit(blob) }
        }
    }

    /// Calls with every folder that ends a name below this one.
    private func eachEnd(_ folder: String, _ body: (String) -> Void) {
        for name in Files.names(in: folder) {
            if name.hasSuffix(BlobName.continued) {
                eachEnd(folder + "/" + name, body)
            } else {
                body(folder + "/" + name)
            }
        }
    }

    private mutating func visit(_ folder: String) {
        let names = Files.names(in: folder)
        var properties: BlobProperties?
        if names.contains("properties.json") {
            // Where they cannot be read, nothing beside them is known to be rubbish.
            guard let bytes = try? Disk.read(folder + "/properties.json"), let read = BlobProperties(json: bytes) else {
                return
            }
            properties = read
            keptBytes += read.size
        }
        var stagedBytes = 0
        for name in names where name != "properties.json" && name != properties?.content {
            if name == "blocks" {
                stagedBytes = sweepBlocks(folder + "/blocks")
            } else {
                Files.remove(folder + "/" + name)
            }
        }
        keptBytes += stagedBytes
        if properties == nil, stagedBytes == 0 { Files.remove(folder) }
    }

    /// The bytes of the blocks that may still be wanted.
    private func sweepBlocks(_ folder: String) -> Int {
        var bytes = 0
        for name in Files.names(in: folder) {
            let path = folder + "/" + name
            if let modified = Disk.modified(path), modified > now.unixSeconds - limits.stagedSeconds {
                bytes += Disk.size(path) ?? 0
            } else {
                Files.remove(path)
            }
        }
        return bytes
    }
}
