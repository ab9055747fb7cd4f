/// Cuts a route condition into tokens (query.md section 8), code point by code point.
struct RouteLexer {
    private let scalars: [Unicode.Scalar]
    private var position = 0
    /// The place of each code point, and of the end.
    private let places: [RouteConditionError.Place]

    private init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        var places: [RouteConditionError.Place] = []
        var (line, column) = (1, 1)
        for (index, scalar) in scalars.enumerated() {
            places.append(.init(line: line, column: column))
            let next = index + 1 < scalars.count ? scalars[index + 1] : nil
            (line, column) = scalar.endsLine(before: next) ? (line + 1, 1) : (line, column + 1)
        }
        places.append(.init(line: line, column: column))
        self.places = places
    }

    static func tokens(of text: String) throws(RouteConditionError) -> [RouteToken] {
        var lexer = RouteLexer(text)
        var tokens: [RouteToken] = []
        while true {
            let token = try lexer.next()
            tokens.append(token)
            if token.kind == .end { return tokens }
        }
    }

    private mutating func next() throws(RouteConditionError) -> RouteToken {
        while let next = peek(), next.properties.isWhitespace { position += 1 }
        let start = position
        let kind = try kind()
        return RouteToken(
            kind: kind, start: places[start], end: places[max(start, position - 1)],
            text: String(scalars[start..<position]))
    }

    private mutating func kind() throws(RouteConditionError) -> RouteToken.Kind {
        guard let first = peek() else { return .end }
        switch first {
        case "'", "\"": return .literal(.string(try string(quote: first)))
        case "$": return try reference()
        case "{": return .systemOnly(try systemOnly())
        case _ where first.isDigit: return .literal(.number(try number()))
        case _ where first.isNameStart: return word()
        default: break
        }
        if let second = peek(1), ["<>", "<=", ">=", "!=", "||", "??"].contains(String([first, second])) {
            position += 2
            return .mark(String([first, second]))
        }
        guard "=<>(),+-*/%".unicodeScalars.contains(first) else { throw invalid() }
        position += 1
        return .mark(String(first))
    }

    // MARK: Names

    private mutating func word() -> RouteToken.Kind {
        let text = name()
        if let keyword = RouteToken.Keyword(rawValue: text.lowercased()) { return .keyword(keyword) }
        // Literals are in lower case; `True` is the name of a property.
        switch text {
        case "true": return .literal(.boolean(true))
        case "false": return .literal(.boolean(false))
        case "null": return .literal(.null)
        case "undefined": return .literal(.undefined)
        default: return .name(text)
        }
    }

    private mutating func name() -> String {
        let start = position
        while peek()?.isNamePart == true { position += 1 }
        return String(scalars[start..<position])
    }

    /// `$body…`, `$twin…` (in any case of letters) or `$name`.
    private mutating func reference() throws(RouteConditionError) -> RouteToken.Kind {
        position += 1
        guard peek()?.isNameStart == true else { throw invalid() }
        let start = position
        while let next = peek(), next.isNamePart, next != "." { position += 1 }
        let first = String(scalars[start..<position])
        switch first.lowercased() {
        case "body": return .body(try steps())
        case "twin": return .twin(try steps())
        default: return .system(first + name())
        }
    }

    private mutating func steps() throws(RouteConditionError) -> [RouteReference.Step] {
        var steps: [RouteReference.Step] = []
        while let next = peek() {
            if next == "." {
                position += 1
                let start = position
                while let part = peek(), part.isNamePart || part == "$", part != "." { position += 1 }
                guard position > start else { throw invalid() }
                steps.append(.key(String(scalars[start..<position])))
            } else if next == "[" {
                position += 1
                let start = position
                while peek()?.isDigit == true { position += 1 }
                guard let index = Int(String(scalars[start..<position])), peek() == "]" else { throw invalid() }
                position += 1
                steps.append(.element(index))
            } else {
                break
            }
        }
        return steps
    }

    private mutating func systemOnly() throws(RouteConditionError) -> String {
        position += 1
        guard peek() == "$" else { throw invalid() }
        position += 1
        guard peek()?.isNameStart == true else { throw invalid() }
        let text = name()
        guard peek() == "}" else { throw invalid() }
        position += 1
        return text
    }

    // MARK: Literals

    /// The only escapes are `\'`, `\"`, `\\` and `\uXXXX`.
    private mutating func string(quote: Unicode.Scalar) throws(RouteConditionError) -> String {
        let start = position
        position += 1
        var units: [UInt16] = []
        while let next = peek() {
            if next == quote {
                position += 1
                return String(decoding: units, as: UTF16.self)
            }
            guard next == "\\" else {
                units += next.utf16
                position += 1
                continue
            }
            switch peek(1) {
            case "'", "\"", "\\":
                units += scalars[position + 1].utf16
                position += 2
            case "u":
                let digits = scalars[min(position + 2, scalars.count)..<min(position + 6, scalars.count)]
                guard digits.count == 4, digits.allSatisfy(\.isHexDigit),
                    let unit = UInt16(String(digits), radix: 16)
                else { throw invalid() }
                units.append(unit)
                position += 6
            default: throw invalid()
            }
        }
        throw RouteConditionError(
            message: "Syntax error: unterminated string", start: places[start], end: places[max(start, position - 1)])
    }

    private mutating func number() throws(RouteConditionError) -> Double {
        let start = position
        let text: String
        if peek() == "0", peek(1) == "x" || peek(1) == "X" {
            position += 2
            while peek()?.isHexDigit == true { position += 1 }
            text = String(scalars[start + 2..<position])
            guard let value = UInt64(text, radix: 16), peek()?.isNamePart != true else { throw invalid() }
            return Double(value)
        }
        digits()
        if peek() == ".", peek(1)?.isDigit == true {
            position += 1
            digits()
        }
        if peek() == "e" || peek() == "E" {
            position += 1
            if peek() == "+" || peek() == "-" { position += 1 }
            digits()
        }
        text = String(scalars[start..<position])
        guard let value = Double(text), value.isFinite, peek() == "-" || peek()?.isNamePart != true else {
            throw invalid()
        }
        return value
    }

    private mutating func digits() { while peek()?.isDigit == true { position += 1 } }

    // MARK: Code points

    private func peek(_ distance: Int = 0) -> Unicode.Scalar? {
        position + distance < scalars.count ? scalars[position + distance] : nil
    }

    private func invalid() -> RouteConditionError {
        let symbol = peek().map { String($0) } ?? ""
        return RouteConditionError(
            message: "Syntax error: invalid symbol '\(symbol)'", start: places[position], end: places[position])
    }
}

extension Unicode.Scalar {
    fileprivate var isNameStart: Bool { properties.isAlphabetic || self == "_" }
    /// A hyphen and a dot are parts of a name: properties of many devices are called so. A minus behind a name is set apart by a
    /// space: `$body.total - 1`, since `$body.total-1` is the member `total-1`. A letter's marks are parts of it.
    fileprivate var isNamePart: Bool {
        isNameStart || isDigit || self == "-" || self == "." || properties.isGraphemeExtend
    }
}
