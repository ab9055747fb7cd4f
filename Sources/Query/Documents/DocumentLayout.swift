/// What is known of a document before anybody looks into it.
public struct DocumentLayout: Sendable {
    /// Where its sections stand; nil for a document of which nothing is known.
    let sections: Sections?
    let isModule: Bool
    /// Whether no key stands twice in an object; where one does, the last counts.
    let isUnique: Bool

    /// In half the space: whoever keeps very many documents may keep this of each.
    struct Sections {
        /// Nil where there are no tags.
        let tags: Range<UInt32>?
        let desired: Range<UInt32>
        let reported: Range<UInt32>
    }

    /// Any JSON object that has been parsed once.
    public static let unknown = DocumentLayout(sections: nil, isModule: false, isUnique: false)

    /// A twin as the hub keeps it.
    public static func twin(isModule: Bool) -> DocumentLayout {
        DocumentLayout(sections: nil, isModule: isModule, isUnique: true)
    }

    /// A twin as the hub keeps it.
    ///
    /// - Parameters: the offsets of the sections' values; nil for tags that are not there.
    public static func twin(tags: Range<Int>?, desired: Range<Int>, reported: Range<Int>, isModule: Bool)
        -> DocumentLayout
    {
        func half(_ range: Range<Int>) -> Range<UInt32> { UInt32(range.lowerBound)..<UInt32(range.upperBound) }
        return DocumentLayout(
            sections: Sections(tags: tags.map(half), desired: half(desired), reported: half(reported)),
            isModule: isModule, isUnique: true)
    }

    private init(sections: Sections?, isModule: Bool, isUnique: Bool) {
        self.sections = sections
        self.isModule = isModule
        self.isUnique = isUnique
    }

    /// The two values of a twin's root that are large: its tags and its properties, which begin with the desired ones.
    var largeMembers: KnownEnds {
        guard let sections else { return .none }
        return KnownEnds(
            starts: (
                sections.tags.map { Int($0.lowerBound) } ?? -1, Int(sections.desired.lowerBound) - Self.propertiesStart
            ),
            ends: (sections.tags.map { Int($0.upperBound) } ?? 0, Int(sections.reported.upperBound) + 1))
    }

    private static let propertiesStart = #"{"desired":"#.utf8.count
}
