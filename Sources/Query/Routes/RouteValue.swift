/// What a part of a route condition comes to. Objects and arrays are no values here: a reference to one is undefined.
enum RouteValue: Hashable, Sendable {
    case undefined
    case null
    case boolean(Bool)
    case number(Double)
    case string(String)

    /// As a logical operand: null counts as false, and what is neither true nor false is undefined (query.md section 8).
    var truth: Bool? {
        switch self {
        case .boolean(let value): value
        case .null: false
        case .undefined, .number, .string: nil
        }
    }

    init(truth: Bool?) { self = truth.map { .boolean($0) } ?? .undefined }

    /// A number that there is.
    init(_ number: Double) { self = number.isFinite ? .number(number) : .undefined }
}
