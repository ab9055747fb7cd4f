/// Why a body is not the FlatBuffers text that its properties call it, and where.
public struct FlatBufferError: Error, Hashable, Sendable, CustomStringConvertible {
    public let reason: Reason
    /// Bytes from the start of the body; not always inside of it.
    public let offset: Int

    public enum Reason: Hashable, Sendable {
        /// An offset, a vector or a string leaves the body.
        case outside
        /// A table's own list of fields contradicts itself.
        case malformedTable
        /// More elements than ``MicroBodyLimits/elements``. Tables may be shared, so a small body can hold very many.
        case tooManyElements
        /// The JSON would be longer than ``MicroBodyLimits/text``.
        case tooLong
    }

    public var description: String {
        switch reason {
        case .outside: "an offset leaves the body at byte \(offset)"
        case .malformedTable: "a table's fields do not fit into it at byte \(offset)"
        case .tooManyElements: "more than \(MicroBodyLimits.elements) elements at byte \(offset)"
        case .tooLong: "more than \(MicroBodyLimits.text) bytes of JSON at byte \(offset)"
        }
    }
}
