import JSON
import Vocabulary

/// What a twin that is created with content begins with (rest.md section 6). Nulls are dropped: there is nothing yet
/// that they could remove.
public struct TwinSeed: Sendable {
    /// The seed as the hub logs it. `init(body:)` reads it back.
    ///
    /// Exactly as long as needed, and nothing but that: the seeds of all twins stay in memory, and each is needed once.
    public let json: [UInt8]

    /// Whether the twin begins empty.
    public let isEmpty: Bool

    /// Each section is an object, or nil or null where it begins empty. Throws the texts of twins.md section 7.
    public init(tags: JSONValue?, desired: JSONValue?, reported: JSONValue?) throws(HubError) {
        let sections = try SectionsDocument(
            tags: tags, desired: desired, reported: reported, nulls: .remove, limits: .current)
        json = sections.document.bytes.withUnsafeBufferPointer { Array($0) }
        isEmpty = sections.isEmpty
    }

    /// Reads `{"tags":{…},"properties":{"desired":{…},"reported":{…}}}`.
    public init(body: JSONDocument) throws(HubError) {
        let members = try SectionsDocument.members(of: body.root)
        try self.init(tags: members.tags, desired: members.desired, reported: members.properties?["reported"])
    }

    func sections() throws(HubError) -> SectionsDocument { try SectionsDocument(kept: json) }
}
