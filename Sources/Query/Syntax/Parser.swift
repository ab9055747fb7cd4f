/// Reads a query of the twin dialect: recursive descent over the grammar of query.md section 2.
struct Parser {
    private let tokens: [Token]
    private var position = 0
    private var depth = 0

    init(_ text: String) throws(QueryError) {
        guard text.unicodeScalars.count <= QueryLimits.characters else {
            throw QueryError(
                line: 1, column: QueryLimits.characters,
                reason: "The query is longer than \(QueryLimits.characters) characters")
        }
        tokens = try Lexer.tokens(of: text)
    }

    // MARK: Statements

    mutating func statement() throws(QueryError) -> TwinQuery {
        try expect(.select)
        var top: Int?
        if take(.top) {
            guard case .number(let number) = token.kind, let count = Int(exactly: number), count >= 0 else {
                throw unexpected()
            }
            advance()
            top = count
        }
        let listStart = token
        let items = try selectList()
        try expect(.from)
        let collection = try collection()
        let condition = take(.where) ? try expression() : nil
        var group: PropertyPath?
        if take(.group) {
            try expect(.by)
            group = try path()
        }
        guard token.kind == .end else { throw unexpected() }
        return try TwinQuery(
            items: items, top: top, collection: collection, condition: condition, group: group, at: listStart)
    }

    /// A condition alone, as jobs, configurations and securing devices have it.
    mutating func condition() throws(QueryError) -> Expression {
        let condition = try expression()
        guard token.kind == .end else { throw unexpected() }
        return condition
    }

    /// A condition of its own, or behind `FROM devices.modules WHERE`.
    mutating func targetCondition() throws(QueryError) -> (condition: Expression, isOfModules: Bool) {
        let start = token
        guard take(.from) else { return (try condition(), false) }
        guard try collection() == .modules else {
            throw QueryError(line: start.line, column: start.column, reason: "Only devices.modules is named with FROM")
        }
        try expect(.where)
        return (try condition(), true)
    }

    private mutating func selectList() throws(QueryError) -> [TwinQuery.Item] {
        if take("*") {
            guard token.kind != .mark(",") else { throw unexpected() }
            return []
        }
        var items: [TwinQuery.Item] = []
        repeat { items.append(try item(number: items.count + 1)) } while take(",")
        return items
    }

    private mutating func item(number: Int) throws(QueryError) -> TwinQuery.Item {
        if case .name(let name) = token.kind, tokens[position + 1].kind == .mark("(") {
            guard let kind = Aggregate.Kind(rawValue: name.uppercased()) else { throw unexpected() }
            advance(2)
            let argument: PropertyPath?
            if kind == .count {
                // `COUNT(x)` and `COUNT(*)` are taken for `COUNT()`, which is all that is documented.
                if token.kind != .mark(")"), !take("*") { _ = try path() }
                argument = nil
            } else {
                argument = try path()
            }
            try expect(")")
            return .aggregate(Aggregate(kind: kind, path: argument), name: try alias() ?? "$\(number)")
        }
        let path = try path()
        return .path(path, name: try alias() ?? path.name)
    }

    private mutating func alias() throws(QueryError) -> String? {
        guard take(.as) else { return nil }
        defer { advance() }
        return switch token.kind {
        case .name(let name), .bracketed(let name): name
        // A result's name may be anything that can stand for a name, reserved or not.
        case .keyword: token.spelling
        default: throw unexpected()
        }
    }

    private mutating func collection() throws(QueryError) -> TwinQuery.Collection {
        let start = token
        guard case .name(var name) = token.kind else { throw unexpected() }
        advance()
        if take(".") {
            guard case .name(let part) = token.kind else { throw unexpected() }
            advance()
            name += "." + part
        }
        guard let known = TwinQuery.Collection(rawValue: name.lowercased()) else {
            throw QueryError(
                line: start.line, column: start.column,
                reason: "'\(name)' is none of devices, devices.modules, devices.jobs")
        }
        return known
    }

    // MARK: Expressions, from the loosest to the tightest

    private mutating func expression() throws(QueryError) -> Expression {
        try enter()
        defer { depth -= 1 }
        var left = try conjunction()
        while take(.or) { left = .or(left, try conjunction()) }
        return left
    }

    private mutating func conjunction() throws(QueryError) -> Expression {
        var left = try negation()
        while take(.and) { left = .and(left, try negation()) }
        return left
    }

    private mutating func negation() throws(QueryError) -> Expression {
        guard take(.not) else { return try comparison() }
        try enter()
        defer { depth -= 1 }
        return .not(try negation())
    }

    private mutating func comparison() throws(QueryError) -> Expression {
        let left = try sum()
        if case .mark(let mark) = token.kind, let comparison = Expression.Comparison(mark: mark) {
            advance()
            return .comparison(comparison, left, try sum())
        }
        if take(.in) { return .isIn(left, try array(), isNegated: false) }
        if take(.nin) { return .isIn(left, try array(), isNegated: true) }
        return left
    }

    private mutating func sum() throws(QueryError) -> Expression {
        var left = try product()
        while let operation = arithmetic(["+", "-"]) { left = .arithmetic(operation, left, try product()) }
        return left
    }

    private mutating func product() throws(QueryError) -> Expression {
        var left = try factor()
        while let operation = arithmetic(["*", "/", "%"]) { left = .arithmetic(operation, left, try factor()) }
        return left
    }

    private mutating func arithmetic(_ marks: [String]) -> Expression.Arithmetic? {
        guard case .mark(let mark) = token.kind, marks.contains(mark) else { return nil }
        advance()
        return Expression.Arithmetic(rawValue: mark)
    }

    private mutating func factor() throws(QueryError) -> Expression {
        if take("-") { return .negative(try primary()) }
        return try primary()
    }

    private mutating func primary() throws(QueryError) -> Expression {
        if take("(") {
            let inner = try expression()
            try expect(")")
            return inner
        }
        if let literal = literal() { return .literal(literal) }
        if case .name(let name) = token.kind, tokens[position + 1].kind == .mark("(") { return try call(name) }
        return .path(try path())
    }

    private mutating func call(_ name: String) throws(QueryError) -> Expression {
        let start = token
        func fail(_ reason: String) -> QueryError { QueryError(line: start.line, column: start.column, reason: reason) }
        guard let function = Expression.Function(rawValue: name.uppercased()) else {
            throw fail("'\(name)' is no function of twin queries")
        }
        advance(2)
        var arguments: [Expression] = []
        if token.kind != .mark(")") {
            repeat { arguments.append(try expression()) } while take(",")
        }
        try expect(")")
        guard arguments.count == function.argumentCount else {
            throw fail("'\(name)' takes \(function.argumentCount) arguments")
        }
        return .call(function, arguments)
    }

    private mutating func literal() -> QueryValue? {
        let value: QueryValue
        switch token.kind {
        case .string(let text): value = .text(Array(text.utf8)[...])
        case .number(let number): value = .number(number)
        case .keyword(.true): value = .boolean(true)
        case .keyword(.false): value = .boolean(false)
        case .keyword(.null): value = .null
        case .keyword(.undefined): value = .undefined
        default: return nil
        }
        advance()
        return value
    }

    private mutating func array() throws(QueryError) -> [QueryValue] {
        try expect("[")
        var values: [QueryValue] = []
        if take("]") { return values }
        repeat {
            let isNegative = take("-")
            guard let value = literal() else { throw unexpected() }
            switch value {
            case .number(let number) where isNegative: values.append(.number(-number))
            case _ where isNegative: throw unexpected()
            default: values.append(value)
            }
        } while take(",")
        try expect("]")
        return values
    }

    // MARK: Paths

    private mutating func path() throws(QueryError) -> PropertyPath {
        var parts: [PropertyPath.Part] = [.key(try segment())]
        while true {
            if take(".") {
                parts.append(.key(try segment()))
            } else if take("[") {
                guard case .number(let number) = token.kind, let index = Int(exactly: number), index >= 0 else {
                    throw unexpected()
                }
                advance()
                try expect("]")
                parts.append(.element(index))
            } else {
                break
            }
        }
        return PropertyPath(withoutCollection(parts))
    }

    private mutating func segment() throws(QueryError) -> String {
        switch token.kind {
        case .name(let text), .bracketed(let text):
            advance()
            return text
        default: throw unexpected()
        }
    }

    /// `devices.deviceId`, also in queries of modules, and `devices.jobs.status`.
    private func withoutCollection(_ parts: [PropertyPath.Part]) -> [PropertyPath.Part] {
        guard parts.count > 1, case .key(let first) = parts[0], first.lowercased() == "devices" else { return parts }
        if parts.count > 2, case .key(let second) = parts[1], ["modules", "jobs"].contains(second.lowercased()) {
            return Array(parts.dropFirst(2))
        }
        return Array(parts.dropFirst())
    }

    // MARK: Tokens

    private var token: Token { tokens[position] }

    private mutating func advance(_ count: Int = 1) { position = min(position + count, tokens.count - 1) }

    private mutating func take(_ word: Token.Keyword) -> Bool { take(.keyword(word)) }

    private mutating func take(_ mark: String) -> Bool { take(.mark(mark)) }

    private mutating func take(_ kind: Token.Kind) -> Bool {
        guard token.kind == kind else { return false }
        advance()
        return true
    }

    private mutating func expect(_ word: Token.Keyword) throws(QueryError) {
        guard take(word) else { throw unexpected(wanted: word.rawValue.uppercased()) }
    }

    private mutating func expect(_ mark: String) throws(QueryError) {
        guard take(mark) else { throw unexpected(wanted: mark) }
    }

    private mutating func enter() throws(QueryError) {
        depth += 1
        guard depth <= QueryLimits.depth else {
            throw QueryError(
                line: token.line, column: token.column, reason: "Nested deeper than \(QueryLimits.depth)")
        }
    }

    private func unexpected(wanted: String? = nil) -> QueryError {
        let expected = wanted.map { ", expected '\($0)'" } ?? ""
        return QueryError(line: token.line, column: token.column, reason: "Unexpected \(token.text)\(expected)")
    }
}
