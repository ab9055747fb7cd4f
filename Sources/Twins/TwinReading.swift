import JSON
import Vocabulary

extension Twin {
    /// A section merged with the object at `node` of a patch; nil where the patch asks for nothing.
    func merged(
        _ section: ArraySlice<UInt8>, _ kind: TwinSection, with node: Int?, of patch: JSONTape, stamp: MetadataStamp?
    ) throws(HubError) -> (section: MergedSection, difference: SectionDifference)? {
        guard let node, patch[node].count > 0 else { return nil }
        return try Self.reading(section) { old in
            var merge = SectionMerge(old: old, patch: patch, stamp: stamp)
            let described = stamp == nil ? nil : old.metadataNode
            return merge.merge(metadata: described, with: node) ? (merge.result, merge.difference) : nil
        }
    }

    /// Lends the tape of bytes that the hub wrote.
    static func reading<Result>(
        _ bytes: ArraySlice<UInt8>, _ body: (JSONTape) -> Result
    ) throws(HubError) -> Result {
        try bytes.withUnsafeBufferPointer { bytes throws(HubError) in
            try JSONTape.reading(bytes, rethrowing: HubError.unreadableTwin) { tape throws(HubError) in body(tape) }
        }
    }

    /// Lends the tapes of two such texts.
    static func withTapes<Result>(
        _ first: ArraySlice<UInt8>, _ second: ArraySlice<UInt8>, _ body: (JSONTape, JSONTape) -> Result
    ) throws(HubError) -> Result {
        try first.withUnsafeBufferPointer { first throws(HubError) in
            try JSONTape.reading(first, rethrowing: HubError.unreadableTwin) { first throws(HubError) in
                try reading(second) { second in body(first, second) }
            }
        }
    }

    /// An object with `$version` behind its members.
    static func notice(_ object: some Collection<UInt8>, version: UInt64) -> [UInt8] {
        var notice: [UInt8] = []
        notice.reserveCapacity(object.count + roomForVersion)
        notice.append(contentsOf: object.dropLast())
        if notice.count > 1 { notice.append(UInt8(ascii: ",")) }
        notice.append("\"$version\":")
        notice.append(decimal: version)
        notice.append(UInt8(ascii: "}"))
        return notice
    }
}

private let roomForVersion = 32

extension JSONTape {
    /// The value of the root's `$metadata`, which stands behind the user's members.
    var metadataNode: Int? {
        var cursor = MemberCursor(self, object: 0, metadata: nil)
        while cursor.isAtMember { cursor.advance() }
        return cursor.key < next(0) ? cursor.value : nil
    }
}
