import Vocabulary

/// Puts a twin's bytes together, section by section in their order, and keeps book of where they stand.
struct TwinAssembly {
    private(set) var buffer: [UInt8]
    private(set) var layout = TwinLayout()

    init(capacity: Int) {
        buffer = []
        buffer.reserveCapacity(capacity)
    }

    /// An object; `{}` counts as no tags.
    mutating func tags(_ object: some Collection<UInt8>) {
        let start = buffer.count
        guard object.count > 2 else { return }
        buffer.append(contentsOf: object)
        layout.tags = Extent(start..<buffer.count)
    }

    /// The user's properties as an object, and the metadata's.
    mutating func section(
        _ section: WritableKeyPath<TwinLayout, SectionLayout>, object: [UInt8], metadata: [UInt8], version: UInt64
    ) {
        let start = buffer.count
        buffer.append(contentsOf: object.dropLast())
        let membersEnd = buffer.count
        if membersEnd > start + 1 { buffer.append(UInt8(ascii: ",")) }
        buffer.append("\"$metadata\":")
        let metadataStart = buffer.count
        buffer.append(contentsOf: metadata)
        let metadataEnd = buffer.count
        buffer.append(",\"$version\":")
        buffer.append(decimal: version)
        buffer.append(UInt8(ascii: "}"))
        layout[keyPath: section] = SectionLayout(
            whole: Extent(start..<buffer.count), members: Extent(start + 1..<membersEnd),
            metadata: Extent(metadataStart..<metadataEnd))
    }

    /// Another twin's section as it is.
    mutating func copy(_ section: WritableKeyPath<TwinLayout, SectionLayout>, of twin: Twin) {
        let source = twin.layout[keyPath: section]
        let distance = buffer.count - Int(source.whole.start)
        buffer.append(contentsOf: twin.buffer[source.whole.range])
        layout[keyPath: section] = source.shifted(by: distance)
    }

    consuming func twin(version: UInt64, desired: UInt64, reported: UInt64, updates: UInt64) -> Twin {
        Twin(
            version: version, desiredVersion: desired, reportedVersion: reported, updates: updates, buffer: buffer,
            layout: layout)
    }
}
