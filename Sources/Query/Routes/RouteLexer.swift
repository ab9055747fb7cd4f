/// Cuts a route condition into tokens (query.md section 8).
struct RouteLexer {
    private let characters: [Character]
    private var position = 0
    /// The place of each character, and of the end.
    private let places: [RouteConditionError.Place]

    private init(_ text: String) {
        characters = Array(text)
        var places: [RouteConditionError.Place] = []
        var (line, column) = (1, 1)
        for character in characters {
            places.append(.init(line: line, column: column))
            (line, column) = character.isNewline ? (line + 1, 1) : (line, column + 1)
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
        while let next = peek(), next.isWhitespace { position += 1 }
        let start = position
        let kind = try kind()
        return RouteToken(
            kind: kind, start: places[start], end: places[max(start, position - 1)],
            text: String(characters[start..<position]))
    }

    private mutating func kind() throws(RouteConditionError) -> RouteToken.Kind {
        guard let first = peek() else { return .end }
        switch first {
        case "'", "\"": return .literal(.string(try string(quote: first)))
        case "$": return try reference()
        case "{": return .systemOnly(try systemOnly())
        case _ where first.isASCIIDigit: return .literal(.number(try number()))
        case _ where first.isNameStart: return word()
        default: break
        }
        for mark in ["<>", "<=", ">=", "!=", "||", "??"] where first == mark.first && peek(1) == mark.last {
            position += 2
            return .mark(mark)
        }
        guard "=<>(),+-*/%".contains(first) else { throw invalid() }
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
        return String(characters[start..<position])
    }

    /// `$body…`, `$twin…` (in any case of letters) or `$name`.
    private mutating func reference() throws(RouteConditionError) -> RouteToken.Kind {
        position += 1
        guard peek()?.isNameStart == true else { throw invalid() }
        let start = position
        while let next = peek(), next.isNamePart, next != "." { position += 1 }
        let first = String(characters[start..<position])
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
                steps.append(.key(String(characters[start..<position])))
            } else if next == "[" {
                position += 1
                let start = position
                while peek()?.isASCIIDigit == true { position += 1 }
                guard let index = Int(String(characters[start..<position])), peek() == "]" else { throw invalid() }
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
    private mutating func string(quote: Character) throws(RouteConditionError) -> String {
        let start = position
        position += 1
        var units: [UInt16] = []
        while let next = peek() {
            if next == quote {
                position += 1
                return String(decoding: units, as: UTF16.self)
            }
            guard next == "\\" else {
                units += Array(String(next).utf16)
                position += 1
                continue
            }
            switch peek(1) {
            case "'", "\"", "\\":
                units += Array(String(characters[position + 1]).utf16)
                position += 2
            case "u":
                let digits = characters[min(position + 2, characters.count)..<min(position + 6, characters.count)]
                guard digits.count == 4, digits.allSatisfy(\.isASCIIHexDigit),
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
            while peek()?.isASCIIHexDigit == true { position += 1 }
            text = String(characters[start + 2..<position])
            guard let value = UInt64(text, radix: 16), peek()?.isNamePart != true else { throw invalid() }
            return Double(value)
        }
        digits()
        if peek() == ".", peek(1)?.isASCIIDigit == true {
            position += 1
            digits()
        }
        if peek() == "e" || peek() == "E" {
            position += 1
            if peek() == "+" || peek() == "-" { position += 1 }
            digits()
        }
        text = String(characters[start..<position])
        guard let value = Double(text), value.isFinite, peek() == "-" || peek()?.isNamePart != true else {
            throw invalid()
        }
        return value
    }

    private mutating func digits() { while peek()?.isASCIIDigit == true { position += 1 } }

    // MARK: Characters

    private func peek(_ distance: Int = 0) -> Character? {
        position + distance < characters.count ? characters[position + distance] : nil
    }

    private func invalid() -> RouteConditionError {
        let symbol = peek().map(String.init) ?? ""
        return RouteConditionError(
            message: "Syntax error: invalid symbol '\(symbol)'", start: places[position], end: places[position])
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
    fileprivate var isASCIIHexDigit: Bool { isASCII && isHexDigit }
    fileprivate var isNameStart: Bool { isLetter || self == "_" }
    /// A hyphen and a dot are parts of a name: properties of many devices are called so. A minus behind a name is set apart by a
    /// space: `$body.total - 1`, since `$body.total-1` is the member `total-1`.
    fileprivate var isNamePart: Bool { isNameStart || isASCIIDigit || self == "-" || self == "." }
}
