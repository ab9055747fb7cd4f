/// Cuts a text into tokens (query.md section 2).
struct Lexer {
    private let characters: [Character]
    private var position = 0
    private var line = 1
    private var column = 0

    init(_ text: String) { characters = Array(text) }

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
        let (line, column) = (line, column)
        let kind = try kind()
        return Token(kind: kind, line: line, column: column)
    }

    private mutating func kind() throws(QueryError) -> Token.Kind {
        guard let first = peek() else { return .end }
        if first == "[", peek(1) == "[" { return try bracketed() }
        if first == "'" || first == "\"" { return .string(try string(quote: first)) }
        if first.isDigit { return .number(try number()) }
        if first.isNameStart || (first == "$" && peek(1)?.isNameStart == true) { return word() }
        for mark in ["<>", "<=", ">=", "!="] where first == mark.first && peek(1) == mark.last {
            advance(2)
            return .mark(mark)
        }
        guard "=<>(),.[]+-*/%".contains(first) else { throw fail("Unexpected character at input '\(first)'") }
        advance()
        return .mark(String(first))
    }

    // MARK: Kinds of tokens

    private mutating func word() -> Token.Kind {
        var text = ""
        while let next = peek(), next.isNamePart || (text.isEmpty && next == "$") {
            text.append(next)
            advance()
        }
        return Token.Keyword(rawValue: text.lowercased()).map { .keyword($0) } ?? .name(text)
    }

    private mutating func bracketed() throws(QueryError) -> Token.Kind {
        let start = fail("Missing closing ']]'")
        advance(2)
        var text = ""
        while let next = peek() {
            if next == "]", peek(1) == "]" {
                advance(2)
                return .bracketed(text)
            }
            text.append(next)
            advance()
        }
        throw start
    }

    /// The only escapes are `\'`, `\"`, `\\` and `\uXXXX`.
    private mutating func string(quote: Character) throws(QueryError) -> String {
        let unterminated = fail("Unterminated string")
        advance()
        var units: [UInt16] = []
        while let next = peek() {
            if next == quote {
                advance()
                return String(decoding: units, as: UTF16.self)
            }
            guard next == "\\" else {
                units += Array(String(next).utf16)
                advance()
                continue
            }
            let wrong = fail("Unexpected escape in a string")
            switch peek(1) {
            case "'", "\"", "\\":
                units += Array(String(characters[position + 1]).utf16)
                advance(2)
            case "u":
                let digits = String(
                    characters[min(position + 2, characters.count)..<min(position + 6, characters.count)])
                guard digits.count == 4, digits.allSatisfy(\.isHexDigit), let unit = UInt16(digits, radix: 16) else {
                    throw wrong
                }
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
            let digits = take { $0.isASCII && $0.isHexDigit }
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
                text += String(characters[position])
                advance()
            }
            text += take(\.isDigit)
        }
        guard let value = Double(text), value.isFinite, peek()?.isNamePart != true else { throw wrong }
        return value
    }

    // MARK: Characters

    private mutating func skipSpace() throws(QueryError) {
        while let next = peek() {
            if next.isSpace {
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

    private func peek(_ distance: Int = 0) -> Character? {
        position + distance < characters.count ? characters[position + distance] : nil
    }

    private mutating func advance(_ count: Int = 1) {
        for _ in 0..<count where position < characters.count {
            if characters[position].isNewline {
                line += 1
                column = 0
            } else {
                column += 1
            }
            position += 1
        }
    }

    private mutating func take(_ belongs: (Character) -> Bool) -> String {
        var text = ""
        while let next = peek(), belongs(next) {
            text.append(next)
            advance()
        }
        return text
    }

    private func fail(_ reason: String) -> QueryError { QueryError(line: line, column: column, reason: reason) }
}

/// Told from the byte that an ASCII character is: Unicode's tables, which know of all characters, take longer than the query.
extension Character {
    fileprivate var isDigit: Bool { asciiValue.map { $0 &- UInt8(ascii: "0") < 10 } ?? false }
    fileprivate var isNameStart: Bool {
        asciiValue.map { ($0 | 0x20) &- UInt8(ascii: "a") < 26 || $0 == UInt8(ascii: "_") } ?? false
    }
    fileprivate var isSpace: Bool { asciiValue.map { $0 == 0x20 || (0x09...0x0D).contains($0) } ?? isWhitespace }
    fileprivate var isNamePart: Bool { isNameStart || isDigit }
}
