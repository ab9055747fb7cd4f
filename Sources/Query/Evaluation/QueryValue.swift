import JSON

/// A value of a query's expression. Objects and arrays keep their source text; they are never compared.
enum QueryValue: Hashable, Sendable {
    case undefined
    case null
    case boolean(Bool)
    case number(Double)
    /// UTF-8 without escapes.
    case text(ArraySlice<UInt8>)
    case object(ArraySlice<UInt8>)
    case array(ArraySlice<UInt8>)

    var isContainer: Bool {
        switch self {
        case .object, .array: true
        default: false
        }
    }

    /// Nil for what is undefined.
    var kind: JSONValue.Kind? {
        switch self {
        case .undefined: nil
        case .null: .null
        case .boolean: .bool
        case .number: .number
        case .text: .string
        case .object: .object
        case .array: .array
        }
    }

    /// A logical operand: what is not true or false is undefined.
    var truth: Bool? { if case .boolean(let value) = self { value } else { nil } }

    init(truth: Bool?) { self = truth.map { .boolean($0) } ?? .undefined }
}
