/// What a condition says of the value at one path: nothing that meets the condition lies outside.
enum ValueBounds: Hashable, Sendable {
    /// One of these scalars.
    case oneOf([QueryValue])
    /// A number or a text between two of its kind; nil where there is no bound on that side.
    case between(Limit?, Limit?)

    struct Limit: Hashable, Sendable {
        let value: QueryValue
        let isIncluded: Bool
    }

    /// The bounds of a comparison with a literal; nil where it bounds nothing.
    init?(_ comparison: Expression.Comparison, _ literal: QueryValue) {
        switch comparison {
        case .notEqual: return nil
        case .equal: self = literal.isOrdinary ? .oneOf([literal]) : .oneOf([])
        default:
            // Only numbers and texts have an order; with anything else nothing is true.
            switch literal {
            case .number, .text: break
            default:
                self = .oneOf([])
                return
            }
            switch comparison {
            case .less: self = .between(nil, Limit(value: literal, isIncluded: false))
            case .lessOrEqual: self = .between(nil, Limit(value: literal, isIncluded: true))
            case .greater: self = .between(Limit(value: literal, isIncluded: false), nil)
            default: self = .between(Limit(value: literal, isIncluded: true), nil)
            }
        }
    }

    func contain(_ value: QueryValue) -> Bool {
        switch self {
        case .oneOf(let values): values.contains { Evaluator.compare(.equal, value, $0) == true }
        case .between(let lower, let upper):
            lower.map { Evaluator.compare($0.isIncluded ? .greaterOrEqual : .greater, value, $0.value) == true } ?? true
                && upper.map { Evaluator.compare($0.isIncluded ? .lessOrEqual : .less, value, $0.value) == true }
                    ?? true
        }
    }

    /// Texts that begin so. They stand together in the order of texts, from the part itself up to the least text above all that
    /// begin with it.
    init(prefix part: ArraySlice<UInt8>) {
        var end = Array(part)
        while end.last == 0xFF { end.removeLast() }
        let lower = Limit(value: .text(part), isIncluded: true)
        guard !end.isEmpty else {
            self = .between(lower, nil)
            return
        }
        end[end.count - 1] += 1
        self = .between(lower, Limit(value: .text(end[...]), isIncluded: false))
    }
}

extension QueryValue {
    /// Whether it can be equal to anything.
    var isOrdinary: Bool { self != .undefined && !isContainer }
}
