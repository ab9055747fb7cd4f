/// Cuts a text into tokens (query.md section 2), code point by code point: what a reader sees as one character may hold a quote and
/// an accent on it.
struct Lexer {
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var line = 1
    private var column = 0

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    static func tokens(of text: String) throws(QueryError) -> [Token] {
        var lexer = Lexer(text)
        var tokens: [Token] = []
        while true {
            let token = try lexer.next()
            tokens.append(token)
            if token.kind == .end { return tokens }
        }
    }

    private mutating func next() throws(QueryError) -> Token {
        try skipSpace()
        let (start, line, column) = (position, line, column)
        let kind = try kind()
        return Token(kind: kind, spelling: String(scalars[start..<position]), line: line, column: column)
    }

    private mutating func kind() throws(QueryError) -> Token.Kind {
        guard let first = peek() else { return .end }
        if first == "[", peek(1) == "[" { return try bracketed() }
        if first == "'" || first == "\"" { return .string(try string(quote: first)) }
        if first.isDigit { return .number(try number()) }
        if first.isNameStart || (first == "$" && peek(1)?.isNameStart == true) { return word() }
        if let second = peek(1), ["<>", "<=", ">=", "!="].contains(String([first, second])) {
            advance(2)
            return .mark(String([first, second]))
        }
        guard "=<>(),.[]+-*/%".unicodeScalars.contains(first) else {
            throw fail("Unexpected character at input '\(first)'")
        }
        advance()
        return .mark(String(first))
    }

    // MARK: Kinds of tokens

    private mutating func word() -> Token.Kind {
        let start = position
        advance()
        while peek()?.isNamePart == true { advance() }
        let text = String(scalars[start..<position])
        return Token.Keyword(rawValue: text.lowercased()).map { .keyword($0) } ?? .name(text)
    }

    private mutating func bracketed() throws(QueryError) -> Token.Kind {
        let start = fail("Missing closing ']]'")
        advance(2)
        let begin = position
        while let next = peek() {
            if next == "]", peek(1) == "]" {
                defer { advance(2) }
                return .bracketed(String(scalars[begin..<position]))
            }
            advance()
        }
        throw start
    }

    /// The only escapes are `\'`, `\"`, `\\` and `\uXXXX`.
    private mutating func string(quote: Unicode.Scalar) throws(QueryError) -> String {
        let unterminated = fail("Unterminated string")
        advance()
        var units: [UInt16] = []
        while let next = peek() {
            if next == quote {
                advance()
                return String(decoding: units, as: UTF16.self)
            }
            guard next == "\\" else {
                units += next.utf16
                advance()
                continue
            }
            let wrong = fail("Unexpected escape in a string")
            switch peek(1) {
            case "'", "\"", "\\":
                units += scalars[position + 1].utf16
                advance(2)
            case "u":
                let digits = scalars[min(position + 2, scalars.count)..<min(position + 6, scalars.count)]
                guard digits.count == 4, digits.allSatisfy(\.isHexDigit), let unit = UInt16(String(digits), radix: 16)
                else { throw wrong }
                units.append(unit)
                advance(6)
            default: throw wrong
            }
        }
        throw unterminated
    }

    private mutating func number() throws(QueryError) -> Double {
        let wrong = fail("Not a number")
        if peek() == "0", peek(1) == "x" || peek(1) == "X" {
            advance(2)
            let digits = take(\.isHexDigit)
            guard let value = UInt64(digits, radix: 16), peek()?.isNamePart != true else { throw wrong }
            return Double(value)
        }
        var text = take(\.isDigit)
        if peek() == ".", peek(1)?.isDigit == true {
            advance()
            text += "." + take(\.isDigit)
        }
        if peek() == "e" || peek() == "E" {
            advance()
            text += "e"
            if peek() == "+" || peek() == "-" {
                text.unicodeScalars.append(scalars[position])
                advance()
            }
            text += take(\.isDigit)
        }
        guard let value = Double(text), value.isFinite, peek()?.isNamePart != true else { throw wrong }
        return value
    }

    // MARK: Code points

    private mutating func skipSpace() throws(QueryError) {
        while let next = peek() {
            if next.properties.isWhitespace {
                advance()
            } else if next == "/", peek(1) == "*" {
                let unclosed = fail("Unterminated comment")
                advance(2)
                while !(peek() == "*" && peek(1) == "/") {
                    guard peek() != nil else { throw unclosed }
                    advance()
                }
                advance(2)
            } else {
                return
            }
        }
    }

    private func peek(_ distance: Int = 0) -> Unicode.Scalar? {
        position + distance < scalars.count ? scalars[position + distance] : nil
    }

    private mutating func advance(_ count: Int = 1) {
        for _ in 0..<count where position < scalars.count {
            if scalars[position].endsLine(before: peek(1)) {
                line += 1
                column = 0
            } else {
                column += 1
            }
            position += 1
        }
    }

    private mutating func take(_ belongs: (Unicode.Scalar) -> Bool) -> String {
        let start = position
        while let next = peek(), belongs(next) { advance() }
        return String(scalars[start..<position])
    }

    private func fail(_ reason: String) -> QueryError { QueryError(line: line, column: column, reason: reason) }
}

extension Unicode.Scalar {
    fileprivate var isNameStart: Bool { isASCIILetter || self == "_" }
    fileprivate var isNamePart: Bool { isNameStart || isDigit }
}
