/// The operators between two values, with what they may stand between.
enum RouteOperator: String, Sendable {
    case times = "*"
    case dividedBy = "/"
    case remainder = "%"
    case plus = "+"
    case minus = "-"
    case joined = "||"
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case equal = "="
    case notEqual = "!="
    case notEqualToo = "<>"
    case and
    case or
    case otherwise = "??"

    /// From the loosest to the tightest (query.md section 8).
    static let levels: [[RouteOperator]] = [
        [.otherwise], [.or], [.and], [.equal, .notEqual, .notEqualToo],
        [.less, .lessOrEqual, .greater, .greaterOrEqual],
        [.plus, .minus, .joined], [.times, .dividedBy, .remainder],
    ]

    /// The type of the result; nil where operands of these types cannot stand here.
    func result(_ left: RouteType, _ right: RouteType) -> RouteType? {
        func both(_ type: RouteType) -> Bool { left.fits(type) && right.fits(type) }
        switch self {
        case .times, .dividedBy, .remainder, .plus, .minus: return both(.number) ? .number : nil
        case .joined: return [left, right].allSatisfy { $0 == .null || $0.fits(.string) } ? .string : nil
        case .less, .lessOrEqual, .greater, .greaterOrEqual: return both(.number) || both(.string) ? .bool : nil
        case .equal, .notEqual, .notEqualToo: return areComparable(left, right) ? .bool : nil
        // Null counts as false.
        case .and, .or: return [left, right].allSatisfy { $0 == .null || $0.fits(.bool) } ? .bool : nil
        case .otherwise: return areComparable(left, right) ? (left == right ? left : .any) : nil
        }
    }

    private func areComparable(_ left: RouteType, _ right: RouteType) -> Bool {
        left == .null || right == .null || left.fits(right) || right.fits(left)
    }

    /// What an error says should have stood there.
    func expected(_ left: RouteType, _ right: RouteType) -> RouteType {
        switch self {
        case .times, .dividedBy, .remainder, .plus, .minus: .number
        case .joined: .string
        case .less, .lessOrEqual, .greater, .greaterOrEqual: left == .string && right == .string ? .string : .number
        case .equal, .notEqual, .notEqualToo, .otherwise: left
        case .and, .or: .bool
        }
    }
}
