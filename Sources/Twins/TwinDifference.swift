import Vocabulary

/// The paths at which two states of a twin hold different values, seen from both:
/// `{"tags":{…},"properties":{"desired":{…},"reported":{…}}}`.
struct TwinDifference {
    let before: [UInt8]
    let after: [UInt8]

    init(tags: SectionDifference?, desired: SectionDifference?, reported: SectionDifference?) {
        before = Self.document(tags?.before, desired?.before, reported?.before)
        after = Self.document(tags?.after, desired?.after, reported?.after)
    }

    private static func document(_ tags: [UInt8]?, _ desired: [UInt8]?, _ reported: [UInt8]?) -> [UInt8] {
        let (tags, desired, reported) = (tags ?? [], desired ?? [], reported ?? [])
        var document: [UInt8] = []
        document.reserveCapacity(tags.count + desired.count + reported.count + roomForNames)
        document.append(UInt8(ascii: "{"))
        append("\"tags\":", tags, to: &document)
        if !desired.isEmpty || !reported.isEmpty {
            document.append(tags.isEmpty ? "\"properties\":{" : ",\"properties\":{")
            append("\"desired\":", desired, to: &document)
            if !desired.isEmpty, !reported.isEmpty { document.append(UInt8(ascii: ",")) }
            append("\"reported\":", reported, to: &document)
            document.append(UInt8(ascii: "}"))
        }
        document.append(UInt8(ascii: "}"))
        return document
    }

    private static let roomForNames = 64

    private static func append(_ name: StaticString, _ section: [UInt8], to document: inout [UInt8]) {
        guard !section.isEmpty else { return }
        document.append(name)
        document.append(contentsOf: section)
    }
}
