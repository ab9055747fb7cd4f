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

    /// What stands at a place; it does not keep the document.
    init(_ place: DocumentView.Place?) {
        guard let place else {
            self = .undefined
            return
        }
        switch place.first {
        case UInt8(ascii: "{"): self = .object(Array(place.text)[...])
        case UInt8(ascii: "["): self = .array(Array(place.text)[...])
        case UInt8(ascii: "t"): self = .boolean(true)
        case UInt8(ascii: "f"): self = .boolean(false)
        case UInt8(ascii: "n"): self = .null
        case UInt8(ascii: "\""):
            let (close, isEscaped) = place.scanner.string(at: place.position)
            let content = place.position + 1..<close
            self = .text((isEscaped ? place.scanner.decoded(content) : Array(place.scanner.text(content)))[...])
        default: self = NumberText.value(place.text).map { .number($0) } ?? .undefined
        }
    }

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
