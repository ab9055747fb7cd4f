/// A condition, or a part of one, as a tree.
indirect enum Expression: Hashable, Sendable {
    case literal(QueryValue)
    case path(PropertyPath)
    case not(Expression)
    case and(Expression, Expression)
    case or(Expression, Expression)
    case comparison(Comparison, Expression, Expression)
    case arithmetic(Arithmetic, Expression, Expression)
    case negative(Expression)
    case isIn(Expression, [QueryValue], isNegated: Bool)
    case call(Function, [Expression])

    enum Comparison: String, Hashable, Sendable {
        case equal = "="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="

        init?(mark: String) { self.init(rawValue: mark == "<>" ? "!=" : mark) }
    }

    enum Arithmetic: String, Hashable, Sendable {
        case plus = "+"
        case minus = "-"
        case times = "*"
        case dividedBy = "/"
        case remainder = "%"
    }

    /// The functions of the twin dialect (query.md section 5). The type tests are not documented for twins; the route dialect's
    /// others are errors here.
    enum Function: String, Hashable, Sendable, CaseIterable {
        case isDefined = "IS_DEFINED"
        case startsWith = "STARTSWITH"
        case endsWith = "ENDSWITH"
        case arrayContains = "ARRAY_CONTAINS"
        case isBool = "IS_BOOL"
        case isNull = "IS_NULL"
        case isNumber = "IS_NUMBER"
        case isString = "IS_STRING"
        case isObject = "IS_OBJECT"
        case isArray = "IS_ARRAY"
        case isPrimitive = "IS_PRIMITIVE"

        var argumentCount: Int {
            switch self {
            case .startsWith, .endsWith, .arrayContains: 2
            default: 1
            }
        }
    }
}

extension Expression {
    /// Every path in it.
    var paths: [PropertyPath] {
        switch self {
        case .literal: []
        case .path(let path): [path]
        case .not(let inner), .negative(let inner), .isIn(let inner, _, _): inner.paths
        case .and(let left, let right), .or(let left, let right), .comparison(_, let left, let right),
            .arithmetic(_, let left, let right):
            left.paths + right.paths
        case .call(_, let arguments): arguments.flatMap(\.paths)
        }
    }

    /// A value that is the same for every document: a literal, or a number below zero.
    var constant: QueryValue? {
        switch self {
        case .literal(let value): value
        case .negative(.literal(.number(let number))): .number(-number)
        default: nil
        }
    }
}

extension Expression.Comparison {
    /// The same with its sides exchanged.
    var mirrored: Self {
        switch self {
        case .equal, .notEqual: self
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        }
    }
}
