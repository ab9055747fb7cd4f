import JSON
import Vocabulary

/// What a twin that is created with content begins with (rest.md section 6). Nulls are dropped: there is nothing yet
/// that they could remove.
public struct TwinSeed: Sendable {
    let sections: SectionsDocument

    /// Each section is an object, or nil or null where it begins empty. Throws the texts of twins.md section 7.
    public init(tags: JSONValue?, desired: JSONValue?, reported: JSONValue?) throws(HubError) {
        sections = try SectionsDocument(
            tags: tags, desired: desired, reported: reported, nulls: .remove, limits: .current)
    }

    /// Reads `{"tags":{…},"properties":{"desired":{…},"reported":{…}}}`.
    public init(body: JSONDocument) throws(HubError) {
        let members = try SectionsDocument.members(of: body.root)
        try self.init(tags: members.tags, desired: members.desired, reported: members.properties?["reported"])
    }

    /// The seed as the hub logs it. `init(body:)` reads it back.
    public var json: [UInt8] { sections.document.bytes }

    /// Whether the twin begins empty.
    public var isEmpty: Bool { sections.isEmpty }
}
