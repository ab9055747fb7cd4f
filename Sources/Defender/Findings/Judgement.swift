/// What a rule says of one type of finding.
enum Judgement {
    case holds(FindingType, String, EvidenceReference)
    case clears(FindingType)

    /// A recommendation that stands exactly while its text is there.
    static func judge(_ type: FindingType, _ text: String?, _ evidence: EvidenceReference) -> Judgement {
        if let text { .holds(type, text, evidence) } else { .clears(type) }
    }
}
