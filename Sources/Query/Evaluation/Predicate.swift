/// A condition made ready for being asked of many documents: what tests the value at one path does so where it stands.
indirect enum Predicate: Sendable {
    case not(Predicate)
    case and(Predicate, Predicate)
    case or(Predicate, Predicate)
    case test(PropertyPath, ValueTest)
    case other(Expression)

    init(_ condition: Expression) {
        switch condition {
        case .not(let inner): self = .not(Predicate(inner))
        case .and(let left, let right): self = .and(Predicate(left), Predicate(right))
        case .or(let left, let right): self = .or(Predicate(left), Predicate(right))
        case .comparison(let comparison, .path(let path), let other):
            self = other.constant.map { .test(path, .comparison(comparison, $0)) } ?? .other(condition)
        case .comparison(let comparison, let other, .path(let path)):
            self = other.constant.map { .test(path, .comparison(comparison.mirrored, $0)) } ?? .other(condition)
        case .isIn(.path(let path), let list, let isNegated):
            self = .test(path, ValueTest(among: list, isNegated: isNegated))
        case .call(.isDefined, let arguments):
            if case .path(let path) = arguments[0] { self = .test(path, .isDefined) } else { self = .other(condition) }
        case .call(.startsWith, let arguments):
            if case .path(let path) = arguments[0], case .literal(.text(let part)) = arguments[1] {
                self = .test(path, .startsWith(part))
            } else {
                self = .other(condition)
            }
        default: self = .other(condition)
        }
    }

    /// Nil where it is undefined.
    func truth(in document: DocumentView) -> Bool? {
        switch self {
        case .test(let path, let test): return test.truth(of: document.definedPlace(of: path))
        case .not(let inner): return inner.truth(in: document).map { !$0 }
        case .and(let left, let right):
            let first = left.truth(in: document)
            if first == false { return false }
            let second = right.truth(in: document)
            return second == false ? false : first == true ? second : nil
        case .or(let left, let right):
            let first = left.truth(in: document)
            if first == true { return true }
            let second = right.truth(in: document)
            return second == true ? true : first == false ? second : nil
        case .other(let expression): return Evaluator(document).value(of: expression).truth
        }
    }
}
