/// What a patch, a replacement or a report made of a twin.
public struct TwinChange: Sendable {
    /// The twin before.
    public let previous: Twin
    /// The twin after.
    public let twin: Twin
    /// What a device that listens gets: `{…,"$version":n}`; nil when the desired properties were not written.
    public let desiredPatch: [UInt8]?
    /// The paths whose values differ, with what stood there: `{"tags":{…},"properties":{"desired":{…},"reported":{…}}}`,
    /// null where nothing did. Metadata and versions do not count.
    public let before: [UInt8]
    /// The same paths with what stands there now, null where nothing does.
    public let after: [UInt8]

    init(
        previous: Twin, twin: Twin, desiredPatch: [UInt8]? = nil, tags: SectionDifference? = nil,
        desired: SectionDifference? = nil, reported: SectionDifference? = nil
    ) {
        self.previous = previous
        self.twin = twin
        self.desiredPatch = desiredPatch
        let difference = TwinDifference(tags: tags, desired: desired, reported: reported)
        before = difference.before
        after = difference.after
    }

    /// A service patch that asks for nothing: the twin is the same, no counter has moved, nobody is told (twins.md
    /// section 4).
    public var isUnchanged: Bool { twin.version == previous.version }
}
