/// A document that queries look into, and what is known of it beforehand.
public struct QueryDocument: Sendable {
    let bytes: [UInt8]
    /// Where its sections begin; nil for a document of which nothing is known.
    let sections: Sections?
    let isModule: Bool

    struct Sections {
        /// Nil where there are no tags.
        let tags: Int?
        let desired: Int
        let reported: Int
    }

    /// Any JSON object. It has been parsed once; of keys that stand twice the last counts.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        sections = nil
        isModule = false
    }

    /// A twin as the hub keeps it: no key stands twice.
    ///
    /// - Parameters: the offsets of the sections' values; nil for tags that are not there.
    public init(twin bytes: [UInt8], tags: Int?, desired: Int, reported: Int, isModule: Bool) {
        self.bytes = bytes
        sections = Sections(tags: tags, desired: desired, reported: reported)
        self.isModule = isModule
    }

    /// A module's twin has `capabilities` in queries, and nowhere else (rest.md section 8).
    var text: [UInt8] { isModule ? bytes.dropLast() + Self.capabilitiesMember : bytes }

    static let moduleCapabilities = Array(#"{"iotEdge":false}"#.utf8)
    private static let capabilitiesMember = Array(",\"capabilities\":".utf8) + moduleCapabilities + Array("}".utf8)
}
