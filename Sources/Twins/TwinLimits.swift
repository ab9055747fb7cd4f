/// How large and how deep the parts of a twin may be (twins.md section 7).
public struct TwinLimits: Hashable, Sendable {
    /// UTF-8 bytes of a property's or tag's name.
    public var keyLength = 1024
    /// UTF-8 bytes of a string value.
    public var stringLength = 4096
    /// Objects and arrays inside one another, below a section's root.
    public var depth = 10
    /// Bytes of the tags, counted by `SectionSize`.
    public var tagsSize = 8192
    /// Bytes of the desired, and of the reported properties, counted by `SectionSize`.
    public var propertiesSize = 32768
    /// Whether arrays may be values.
    public var allowsArrays = true

    /// -2^52 ... 2^52-1.
    public static let integers: ClosedRange<Int64> = -4_503_599_627_370_496...4_503_599_627_370_495

    /// What api-versions from 2019-10-01 on have, and every device.
    public static let current = TwinLimits()

    /// What older api-versions have.
    public static let before2019 = TwinLimits(
        keyLength: 64, stringLength: 512, depth: 5, tagsSize: 8192, propertiesSize: 8192, allowsArrays: false)
}
