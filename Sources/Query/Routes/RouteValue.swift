/// What a part of a route condition comes to. Objects and arrays are no values here: a reference to one is undefined.
enum RouteValue: Sendable {
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

    var type: RouteType {
        switch self {
        case .undefined: .undefined
        case .null: .null
        case .boolean: .bool
        case .number: .number
        case .string: .string
        }
    }

    init(truth: Bool?) { self = truth.map { .boolean($0) } ?? .undefined }

    /// A number that there is.
    init(_ number: Double) { self = number.isFinite ? .number(number) : .undefined }
}

extension RouteValue: Equatable {
    /// Strings are equal that are the same code points, as for .NET: "\u{e9}" and "e\u{301}" differ, which Swift's own `==`
    /// takes for one.
    static func == (left: RouteValue, right: RouteValue) -> Bool {
        switch (left, right) {
        case (.undefined, .undefined), (.null, .null): true
        case (.boolean(let left), .boolean(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): left.utf8.elementsEqual(right.utf8)
        default: false
        }
    }
}
