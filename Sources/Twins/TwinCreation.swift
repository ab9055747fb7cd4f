import JSON
import Vocabulary

extension Twin {
    /// The twin of an identity just created: V=2, E=1, both sections at version 1. A device's metadata carries the
    /// creation time, a module's `0001-01-01T00:00:00Z` (twins.md section 3).
    public static func fresh(at time: Timestamp, kind: Kind) -> Twin {
        var assembly = TwinAssembly(capacity: 160)
        let metadata = emptyMetadata(at: time, kind: kind)
        assembly.section(.desired, object: Array("{}".utf8), metadata: metadata, version: 1)
        assembly.section(.reported, object: Array("{}".utf8), metadata: metadata, version: 1)
        return assembly.twin(version: 2, desired: 1, reported: 1, updates: 1)
    }

    /// A twin that is created with content. Counters are a fresh twin's; desired properties are stamped with
    /// `0001-01-01T00:00:00Z` and version 1, reported ones with `time` (rest.md section 6). Throws where a section is too
    /// large.
    public static func seeded(_ seed: TwinSeed, at time: Timestamp, kind: Kind) throws(HubError) -> Twin {
        let sections = try seed.sections()
        return try sections.document.withTape { tape throws(HubError) in
            var assembly = TwinAssembly(capacity: tape.bytes.count * 4 + 160)
            if let tags = try written(sections.tags, of: tape, .tags, stamp: nil) {
                assembly.tags(tags.values)
            }
            let empty = emptyMetadata(at: time, kind: kind)
            let desiredStamp = MetadataStamp(time: .never, version: 1)
            let desired = try written(sections.desired, of: tape, .desired, stamp: desiredStamp)
            assembly.section(
                .desired, object: desired?.values ?? Array("{}".utf8), metadata: desired?.metadata ?? empty, version: 1
            )
            let reportedStamp = MetadataStamp(time: time, version: nil)
            let reported = try written(sections.reported, of: tape, .reported, stamp: reportedStamp)
            assembly.section(
                .reported, object: reported?.values ?? Array("{}".utf8), metadata: reported?.metadata ?? empty,
                version: 1)
            return assembly.twin(version: 2, desired: 1, reported: 1, updates: 1)
        }
    }

    private static func emptyMetadata(at time: Timestamp, kind: Kind) -> [UInt8] {
        let stamp = MetadataStamp(time: kind == .device ? time : .never, version: nil)
        return [UInt8(ascii: "{")] + stamp.node + [UInt8(ascii: "}")]
    }

    /// A section written as a whole; nil where there is nothing to write.
    private static func written(
        _ node: Int?, of tape: JSONTape, _ section: TwinSection, stamp: MetadataStamp?
    ) throws(HubError) -> MergedSection? {
        guard let node, tape[node].count > 0 else { return nil }
        return try MergedSection.whole(with: node, of: tape, section, stamp: stamp, limits: .current)
    }
}
