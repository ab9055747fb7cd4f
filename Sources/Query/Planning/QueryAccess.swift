/// How the documents that meet a condition can be found without looking at each: by the values at some paths. What is found
/// this way may still fail the condition; what is not found does.
public struct QueryAccess: Sendable {
    let form: Form
    /// Whether the condition says no more: all that is found meets it.
    public let isExact: Bool

    /// Whether it asks for values themselves only, so that nothing has to be brought into order.
    public let isOfValues: Bool

    /// Every path in it, each once, in the order of the condition.
    public let paths: [PropertyPath]

    indirect enum Form: Hashable, Sendable {
        case values(PropertyPath, ValueBounds)
        /// Each of them would do.
        case all([Form])
        /// All of them are needed.
        case any([Form])
    }

    /// Nil where the condition does not bound the values at any path.
    init?(_ condition: Expression) {
        guard let form = Form(condition) else { return nil }
        self.form = form
        isOfValues = form.isOfValues
        paths = form.paths
        isExact =
            switch (condition, form) {
            case (.and, _), (.or, _), (_, .all), (_, .any): false
            case (_, .values): true
            }
    }

    /// Whether a document may meet the condition of which some texts are known, by the names of its members.
    public func admits(_ known: [String: String]) -> Bool { form.admits(known) }
}

extension QueryAccess.Form {
    init?(_ condition: Expression) {
        switch condition {
        case .comparison(let comparison, .path(let path), let other):
            guard let constant = other.constant, let bounds = ValueBounds(comparison, constant) else { return nil }
            self = .values(path, bounds)
        case .comparison(let comparison, let other, .path(let path)):
            guard let constant = other.constant, let bounds = ValueBounds(comparison.mirrored, constant) else {
                return nil
            }
            self = .values(path, bounds)
        case .isIn(.path(let path), let list, isNegated: false):
            self = .values(path, .oneOf(list.filter(\.isOrdinary)))
        case .call(.startsWith, let arguments):
            guard case .path(let path) = arguments[0], case .literal(.text(let part)) = arguments[1] else {
                return nil
            }
            self = .values(path, ValueBounds(prefix: part))
        case .and(let left, let right):
            let parts = [left, right].compactMap { Self($0) }.flatMap(\.conjuncts)
            guard let first = parts.first else { return nil }
            self = parts.count == 1 ? first : .all(parts)
        case .or(let left, let right):
            guard let left = Self(left), let right = Self(right) else { return nil }
            self = .any(left.disjuncts + right.disjuncts)
        default: return nil
        }
    }

    private var conjuncts: [Self] { if case .all(let parts) = self { parts } else { [self] } }
    private var disjuncts: [Self] { if case .any(let parts) = self { parts } else { [self] } }

    fileprivate var isOfValues: Bool {
        switch self {
        case .values(_, .oneOf): true
        case .values(_, .between): false
        case .all(let parts), .any(let parts): parts.allSatisfy(\.isOfValues)
        }
    }

    fileprivate func admits(_ known: [String: String]) -> Bool {
        switch self {
        case .values(let path, let bounds):
            guard path.steps.count == 1, let text = known[path.name] else { return true }
            return bounds.contain(.text(Array(text.utf8)[...]))
        case .all(let parts): return parts.allSatisfy { $0.admits(known) }
        case .any(let parts): return parts.contains { $0.admits(known) }
        }
    }

    fileprivate var paths: [PropertyPath] {
        switch self {
        case .values(let path, _): return [path]
        case .all(let parts), .any(let parts):
            var paths: [PropertyPath] = []
            for path in parts.flatMap(\.paths) where !paths.contains(path) { paths.append(path) }
            return paths
        }
    }
}
