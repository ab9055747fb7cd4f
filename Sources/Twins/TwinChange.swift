/// What a patch, a replacement or a report made of a twin.
public struct TwinChange: Sendable {
    /// The twin before.
    public let previous: Twin
    /// The twin after.
    public let twin: Twin
    /// What a device that listens gets: `{…,"$version":n}`; nil when the desired properties were not written.
    public let desiredPatch: [UInt8]?

    init(previous: Twin, twin: Twin, desiredPatch: [UInt8]?) {
        self.previous = previous
        self.twin = twin
        self.desiredPatch = desiredPatch
    }

    /// A service patch that asks for nothing: the twin is the same, no counter has moved, nobody is told (twins.md
    /// section 4).
    public var isUnchanged: Bool { twin.version == previous.version }

    /// The changed paths with what stood there: `{"tags":{…},"properties":{"desired":{…},"reported":{…}}}`, null where
    /// nothing did. Computed at each call; `difference()` gives both at once.
    public var before: [UInt8] { difference().before }

    /// The changed paths with what stands there now, null where nothing does.
    public var after: [UInt8] { difference().after }

    /// The paths whose values differ, in both states. Metadata and versions do not count.
    public func difference() -> (before: [UInt8], after: [UInt8]) { TwinDifference.between(previous, twin) }
}
