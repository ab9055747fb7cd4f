/// The condition of a message route: a Boolean expression in the route dialect of IoT Hub's query language (query.md
/// section 8), whose names, functions, precedence and nulls differ from those of twin queries.
public struct RouteCondition: Sendable {
    /// Nil for what holds always.
    private let expression: RouteExpression?
    /// Whether a message's twin is needed to tell.
    public let readsTwin: Bool
    /// Whether its body is.
    public let readsBody: Bool

    public enum Result: String, Sendable {
        case `true`, `false`, undefined
    }

    /// - Parameters:
    ///   - text: empty for what holds always.
    ///   - isOfTwinChanges: whether the route's source is twin changes, of which alone `twin_change_includes` tells.
    /// - Throws: what is wrong, with its place.
    public init(parsing text: String, isOfTwinChanges: Bool = false) throws(RouteConditionError) {
        if text.allSatisfy(\.isWhitespace) {
            expression = nil
            readsTwin = false
            readsBody = false
            return
        }
        var parser = try RouteParser(text, isOfTwinChanges: isOfTwinChanges)
        let parsed = try parser.condition()
        expression = parsed
        readsTwin = parsed.reads { if case .twin = $0 { true } else { false } }
        // What a twin change includes stands in its body.
        readsBody = isOfTwinChanges || parsed.reads { if case .body = $0 { true } else { false } }
    }

    /// Only `true` is a match.
    public func result(for message: RouteMessage) -> Result {
        guard let expression else { return .true }
        switch RouteEvaluator(message).value(of: expression) {
        case .boolean(true): return .true
        // A constant null is false as an operand, but undefined as a whole.
        case .boolean(false): return .false
        default: return .undefined
        }
    }
}
