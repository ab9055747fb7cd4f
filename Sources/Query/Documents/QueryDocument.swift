/// A document that queries look into, and what is known of it beforehand.
public struct QueryDocument: Sendable {
    let bytes: [UInt8]
    let layout: DocumentLayout

    /// - Parameter bytes: one JSON object that has been parsed once.
    public init(_ bytes: [UInt8], _ layout: DocumentLayout = .unknown) {
        self.bytes = bytes
        self.layout = layout
    }

    @inline(__always)
    public func withView<Result>(_ body: (DocumentView) throws -> Result) rethrows -> Result {
        try bytes.withUnsafeBufferPointer { try body(DocumentView($0, layout)) }
    }
}
