/// The three parts of a twin that clients write.
enum TwinSection {
    case tags, desired, reported

    /// As the error about its size names it.
    var name: StaticString {
        switch self {
        case .tags: "Tags"
        case .desired: "Properties.Desired"
        case .reported: "Properties.Reported"
        }
    }

    func sizeLimit(_ limits: TwinLimits) -> Int { self == .tags ? limits.tagsSize : limits.propertiesSize }
}
