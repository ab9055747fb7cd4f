import JSON
import Vocabulary

/// A back end's PUT of tags and desired properties, checked: it says all that there is, so a section left out is empty
/// and null has no place (twins.md section 6).
public struct ServiceReplacement: Sendable {
    let sections: SectionsDocument

    /// Reads `{"tags":{…},"properties":{"desired":{…}}}` and passes over everything else. Throws the texts of twins.md
    /// section 7.
    public init(body: JSONDocument, limits: TwinLimits = .current) throws(HubError) {
        let members = try SectionsDocument.members(of: body.root)
        for (name, value) in [
            ("tags", members.tags), ("properties", members.properties), ("desired", members.desired),
        ] where value?.isNull == true {
            throw .nullValue(name, envelope: .twin)
        }
        sections = try SectionsDocument(
            tags: members.tags, desired: members.desired, reported: nil, nulls: .refuse, limits: limits)
    }

    /// The replacement as the hub logs it. `init(body:)` reads it back.
    public var json: [UInt8] { sections.document.bytes }
}
