/// Reads a condition of the route dialect, and finds what cannot be right for any message (query.md section 8).
struct RouteParser {
    private let tokens: [RouteToken]
    private let isOfTwinChanges: Bool
    private var position = 0
    private var depth = 0

    /// A part of the condition with the places of its first and last tokens.
    private struct Part {
        let expression: RouteExpression
        /// Kept, since a long chain would ask each of its links for those before it.
        let type: RouteType
        let start: RouteConditionError.Place
        var end: RouteConditionError.Place
    }

    init(_ text: String, isOfTwinChanges: Bool) throws(RouteConditionError) {
        guard text.count <= QueryLimits.characters else {
            let place = RouteConditionError.Place(line: 1, column: QueryLimits.characters + 1)
            throw RouteConditionError(
                message: "The condition is longer than \(QueryLimits.characters) characters", start: place, end: place)
        }
        tokens = try RouteLexer.tokens(of: text)
        self.isOfTwinChanges = isOfTwinChanges
    }

    mutating func condition() throws(RouteConditionError) -> RouteExpression {
        let part = try binary(0)
        if token.kind == .mark(")") { throw fail("Syntax error: unmatched closing ')'") }
        guard token.kind == .end else { throw unexpected() }
        guard part.type.fits(.bool) || part.type == .null else {
            throw fail("Invalid condition: have '\(part.type.rawValue)', expected 'bool'", part.start, part.end)
        }
        return part.expression
    }

    /// One level of precedence; the tightest stand between unary parts.
    private mutating func binary(_ level: Int) throws(RouteConditionError) -> Part {
        guard level < RouteOperator.levels.count else { return try unary() }
        var left = try binary(level + 1)
        while let operation = operation(of: level) {
            let right = try binary(level + 1)
            guard let type = operation.result(left.type, right.type) else {
                let expected = operation.expected(left.type, right.type).rawValue
                throw fail(
                    "Invalid operands to binary operator '\(operation.rawValue)': have '\(left.type.rawValue)' and '\(right.type.rawValue)', expected '\(expected)' and '\(expected)'",
                    left.start, right.end)
            }
            left = Part(
                expression: .binary(operation, left.expression, right.expression), type: type, start: left.start,
                end: right.end)
        }
        return left
    }

    private mutating func operation(of level: Int) -> RouteOperator? {
        let text: String
        switch token.kind {
        case .mark(let mark): text = mark
        case .keyword(let word): text = word.rawValue
        default: return nil
        }
        guard let operation = RouteOperator(rawValue: text), RouteOperator.levels[level].contains(operation) else {
            return nil
        }
        advance()
        return operation
    }

    private mutating func unary() throws(RouteConditionError) -> Part {
        let first = token
        if first.kind == .keyword(.not) {
            let inner = try operand()
            guard inner.type.fits(.bool) || inner.type == .null else {
                throw invalidOperand("not", inner, .bool, first.start)
            }
            return Part(expression: .not(inner.expression), type: .bool, start: first.start, end: inner.end)
        }
        if first.kind == .mark("-") {
            let inner = try operand()
            guard inner.type.fits(.number) else { throw invalidOperand("-", inner, .number, first.start) }
            return Part(expression: .negative(inner.expression), type: .number, start: first.start, end: inner.end)
        }
        return try primary()
    }

    /// What stands behind an operator of one operand.
    private mutating func operand() throws(RouteConditionError) -> Part {
        advance()
        try enter()
        defer { depth -= 1 }
        return try unary()
    }

    private mutating func primary() throws(RouteConditionError) -> Part {
        let first = token
        if first.kind == .mark("(") {
            advance()
            try enter()
            defer { depth -= 1 }
            var inner = try binary(0)
            inner = Part(expression: inner.expression, type: inner.type, start: first.start, end: token.end)
            try close()
            return inner
        }
        if case .name(let name) = first.kind, tokens[position + 1].kind == .mark("(") { return try call(name) }
        let (expression, type): (RouteExpression, RouteType)
        switch first.kind {
        case .literal(let value): (expression, type) = (.literal(value), value.type)
        case .name(let name): (expression, type) = (.reference(.application(name.lowercased())), .string)
        case .system(let name): (expression, type) = (.reference(.either(name.lowercased())), .string)
        case .systemOnly(let name): (expression, type) = (.reference(.system(name.lowercased())), .string)
        case .body(let steps): (expression, type) = (.reference(.body(steps)), .any)
        case .twin(let steps): (expression, type) = (.reference(.twin(steps)), .any)
        case .mark(")"): throw fail("Syntax error: unmatched closing ')'")
        case .keyword, .mark, .end: throw unexpected()
        }
        advance()
        return Part(expression: expression, type: type, start: first.start, end: first.end)
    }

    private mutating func call(_ name: String) throws(RouteConditionError) -> Part {
        let first = token
        guard let function = RouteFunction(rawValue: name.lowercased()),
            function != .twinChangeIncludes || isOfTwinChanges
        else { throw fail("Invalid built-in function '\(name)'") }
        advance(2)
        try enter()
        defer { depth -= 1 }
        var arguments: [Part] = []
        if token.kind != .mark(")") {
            repeat { arguments.append(try binary(0)) } while take(",")
        }
        let end = token.end
        try close()
        let types = arguments.map(\.type)
        guard function.takes(types), function != .twinChangeIncludes || Self.isPath(arguments[0].expression) else {
            let given = types.map(\.rawValue).joined(separator: ", ")
            throw fail(
                "Invalid arguments to built-in function '\(name)': \(name)(\(given))", first.start, end)
        }
        return Part(
            expression: .call(function, arguments.map(\.expression)), type: function.result, start: first.start,
            end: end)
    }

    /// A path within a twin's change is written as a bare name with dots, or as a string.
    private static func isPath(_ expression: RouteExpression) -> Bool {
        switch expression {
        case .reference(.application), .literal(.string): true
        default: false
        }
    }

    // MARK: Tokens

    private var token: RouteToken { tokens[position] }

    private mutating func advance(_ count: Int = 1) { position = min(position + count, tokens.count - 1) }

    private mutating func take(_ mark: String) -> Bool {
        guard token.kind == .mark(mark) else { return false }
        advance()
        return true
    }

    private mutating func close() throws(RouteConditionError) {
        if take(")") { return }
        throw token.kind == .end ? fail("Syntax error: missing closing ')'") : unexpected()
    }

    private mutating func enter() throws(RouteConditionError) {
        depth += 1
        guard depth <= QueryLimits.depth else { throw fail("Nested deeper than \(QueryLimits.depth)") }
    }

    private func unexpected() -> RouteConditionError { fail("Syntax error: invalid symbol '\(token.text)'") }

    private func invalidOperand(
        _ operation: String, _ inner: Part, _ expected: RouteType, _ start: RouteConditionError.Place
    ) -> RouteConditionError {
        fail(
            "Invalid operand to unary operator '\(operation)': have '\(inner.type.rawValue)', expected '\(expected.rawValue)'",
            start, inner.end)
    }

    private func fail(
        _ message: String, _ start: RouteConditionError.Place? = nil, _ end: RouteConditionError.Place? = nil
    ) -> RouteConditionError {
        RouteConditionError(message: message, start: start ?? token.start, end: end ?? token.end)
    }
}
