import JSON
import Vocabulary

extension RenderedTwin {
    /// Reads a document that `init(_:_:)` rendered, from a snapshot. Throws where the text is not such a document: a
    /// counter missing, a section's metadata out of step with its members.
    public init(parsing bytes: [UInt8]) throws(JSONError) {
        let document = try JSONDocument(parsing: bytes)
        let root = document.root
        let desired = try Section(root["properties"]?["desired"], of: document)
        let reported = try Section(root["properties"]?["reported"], of: document)
        guard let etag = root["etag"], let updates = etag.string.flatMap(Self.counter) else {
            throw JSONError(.expected("a twin's etag"), at: root["etag"]?.range.lowerBound ?? 0)
        }
        var layout = TwinLayout()
        if let tags = root["tags"], tags.count > 0 { layout.tags = Extent(tags.range) }
        layout.desired = desired.layout
        layout.reported = reported.layout
        guard let model = root["modelId"], model.range.upperBound < bytes.count,
            bytes[model.range.upperBound] == UInt8(ascii: ",")
        else { throw JSONError(.expected("a twin's modelId"), at: 0) }
        let modelStart = model.range.lowerBound - "\"modelId\":".utf8.count
        self.init(
            twin: Twin(
                version: try Self.counter(root["version"]), desiredVersion: desired.version,
                reportedVersion: reported.version, updates: updates, buffer: bytes, layout: layout),
            modelID: Extent(modelStart..<model.range.upperBound + 1), etagStart: etag.range.lowerBound + 1)
    }

    /// The number inside a twin's ETag.
    private static func counter(_ etag: String) -> UInt64? {
        guard let bytes = Base64.decode(etag), bytes.count == 8 else { return nil }
        return bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func counter(_ value: JSONValue?) throws(JSONError) -> UInt64 {
        guard let number = value?.int, number >= 0 else {
            throw JSONError(.expected("a twin's version"), at: value?.range.lowerBound ?? 0)
        }
        return UInt64(number)
    }

    /// A section read back: the user's members, `$metadata`, `$version`, in this order.
    private struct Section {
        let layout: SectionLayout
        let version: UInt64

        init(_ section: JSONValue?, of document: JSONDocument) throws(JSONError) {
            guard let section, section.kind == .object, let metadata = section["$metadata"],
                let version = section["$version"], metadata.index < version.index
            else {
                throw JSONError(.expected("properties with metadata"), at: section?.range.lowerBound ?? 0)
            }
            self.version = try counter(version)
            let start = section.range.lowerBound
            let metadataKey = metadata.range.lowerBound - "\"$metadata\":".utf8.count
            let hasMembers = section.count > 2
            layout = SectionLayout(
                whole: Extent(section.range), members: Extent(start + 1..<metadataKey - (hasMembers ? 1 : 0)),
                metadata: Extent(metadata.range))
            let isInStep = document.withTape { tape in
                metadata.kind == .object && Self.isInStep(section.index, metadata.index, tape)
                    && tape[section.index].count == tape.userMembers(of: section.index) + 2
            }
            guard isInStep else {
                throw JSONError(.expected("metadata for each property"), at: metadata.range.lowerBound)
            }
        }

        /// Whether the metadata node has a child for each member, in the same order, all the way down.
        private static func isInStep(_ object: Int, _ metadata: Int, _ tape: JSONTape) -> Bool {
            var cursor = MemberCursor(tape, object: object, metadata: metadata)
            while cursor.isAtMember {
                guard cursor.isInStep, let described = cursor.metadataValue else { return false }
                if tape.kind(cursor.value) == .object, !isInStep(cursor.value, described, tape) { return false }
                cursor.advance()
            }
            return cursor.isInStep
        }
    }
}

extension JSONTape {
    fileprivate func userMembers(of object: Int) -> Int {
        var count = 0
        var cursor = MemberCursor(self, object: object, metadata: nil)
        while cursor.isAtMember {
            count += 1
            cursor.advance()
        }
        return count
    }
}
