import JSON
import Vocabulary

/// A section written anew.
struct MergedSection {
    /// The user's properties, an object.
    let values: [UInt8]
    /// What `$metadata` is to hold; empty for tags, which have none.
    let metadata: [UInt8]

    /// A section that is all of the object at `node`, checked against its size limit; an empty section for nil.
    static func whole(
        with node: Int?, of tape: JSONTape, _ section: TwinSection, stamp: MetadataStamp?, limits: TwinLimits
    ) throws(HubError) -> MergedSection {
        var merge = SectionMerge(old: tape, patch: tape, stamp: stamp)
        merge.appendSection(node)
        let result = merge.result
        try result.checkSize(section, limits, envelope: .twin)
        return result
    }

    /// Throws where the section is larger than the service lets it be.
    func checkSize(_ section: TwinSection, _ limits: TwinLimits, envelope: HubError.Envelope) throws(HubError) {
        let limit = section.sizeLimit(limits)
        let isTooLarge: Bool
        do throws(JSONError) {
            isTooLarge = try SectionSize.exceeds(limit, values)
        } catch {
            throw .unreadableTwin(error)
        }
        guard !isTooLarge else { throw .sectionTooLarge(section, limit: limit, envelope: envelope) }
    }
}
