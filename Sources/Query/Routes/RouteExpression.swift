/// A route condition, or a part of one, whose types have been found to agree.
indirect enum RouteExpression: Sendable {
    case literal(RouteValue)
    case reference(RouteReference)
    case not(RouteExpression)
    case negative(RouteExpression)
    case binary(RouteOperator, RouteExpression, RouteExpression)
    case call(RouteFunction, [RouteExpression])

    /// Whether some part of it is a reference of this kind.
    func reads(_ isWanted: (RouteReference) -> Bool) -> Bool {
        switch self {
        case .literal: false
        case .reference(let reference): isWanted(reference)
        case .not(let inner), .negative(let inner): inner.reads(isWanted)
        case .binary(_, let left, let right): left.reads(isWanted) || right.reads(isWanted)
        case .call(_, let arguments): arguments.contains { $0.reads(isWanted) }
        }
    }
}
