/// Where the parts of a twin stand in the bytes that hold it.
struct TwinLayout: Hashable, Sendable {
    /// The tags' object; empty where there are none.
    var tags = Extent()
    var desired = SectionLayout()
    var reported = SectionLayout()

    func shifted(by distance: Int) -> TwinLayout {
        TwinLayout(
            tags: tags.shifted(by: distance), desired: desired.shifted(by: distance),
            reported: reported.shifted(by: distance))
    }
}

/// Where `{<members>,"$metadata":{…},"$version":n}` stands.
struct SectionLayout: Hashable, Sendable {
    /// All of it, braces included.
    var whole = Extent()
    /// The user's members with the commas between them; empty where there are none.
    var members = Extent()
    /// The value of `$metadata`.
    var metadata = Extent()

    func shifted(by distance: Int) -> SectionLayout {
        SectionLayout(
            whole: whole.shifted(by: distance), members: members.shifted(by: distance),
            metadata: metadata.shifted(by: distance))
    }
}

/// A range of bytes in half the space: twins are many.
struct Extent: Hashable, Sendable {
    var start: UInt32 = 0
    var end: UInt32 = 0

    init() {}

    init(_ range: Range<Int>) {
        start = UInt32(range.lowerBound)
        end = UInt32(range.upperBound)
    }

    var range: Range<Int> { Int(start)..<Int(end) }
    var isEmpty: Bool { start == end }
    var count: Int { Int(end - start) }

    func shifted(by distance: Int) -> Extent {
        isEmpty && start == 0 ? self : Extent(Int(start) + distance..<Int(end) + distance)
    }
}
