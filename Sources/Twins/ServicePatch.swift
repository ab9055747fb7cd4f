import JSON
import Vocabulary

/// A back end's PATCH of tags and desired properties, checked: members are merged, null removes (twins.md section 5).
public struct ServicePatch: Sendable {
    let sections: SectionsDocument

    /// Reads `{"tags":{…},"properties":{"desired":{…}}}`. Everything else in the body is passed over, and a section that
    /// is null asks for nothing. Throws the texts of twins.md section 7.
    public init(body: JSONDocument, limits: TwinLimits = .current) throws(HubError) {
        try self.init(body: body.root, limits: limits)
    }

    /// The same out of a value, such as an item of a bulk request.
    public init(body: JSONValue, limits: TwinLimits = .current) throws(HubError) {
        let members = try SectionsDocument.members(of: body)
        try self.init(tags: members.tags, desired: members.desired, limits: limits)
    }

    /// From the sections themselves; nil or null asks for nothing.
    public init(tags: JSONValue?, desired: JSONValue?, limits: TwinLimits = .current) throws(HubError) {
        sections = try SectionsDocument(tags: tags, desired: desired, reported: nil, nulls: .remove, limits: limits)
    }

    /// The patch as the hub logs it: the same body without what is passed over. `init(body:)` reads it back.
    public var json: [UInt8] { sections.document.bytes }

    /// Whether it asks for nothing at all. A patch that is not empty may still change nothing (`TwinChange.isUnchanged`).
    public var isEmpty: Bool { sections.isEmpty }
}
