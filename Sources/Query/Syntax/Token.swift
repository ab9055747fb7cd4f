/// A word of a query with its place.
struct Token: Equatable {
    enum Kind: Equatable {
        /// A word that is none of the reserved ones, in the case in which it stands.
        case name(String)
        /// `[[…]]`: any key at all.
        case bracketed(String)
        case keyword(Keyword)
        case string(String)
        case number(Double)
        /// An operator or a mark, such as `<=` or `(`.
        case mark(String)
        case end
    }

    /// Reserved in any case of letters (query.md section 4).
    enum Keyword: String {
        case select, from, `where`, group, by, top, `as`, and, or, not, `in`, nin, `true`, `false`, null, undefined
    }

    var kind: Kind
    /// As it stands in the query.
    var spelling: String
    var line: Int
    var column: Int

    /// As an error message names it.
    var text: String {
        switch kind {
        case .name(let text): "'\(text)'"
        case .bracketed(let text): "'[[\(text)]]'"
        case .keyword(let word): "'\(word.rawValue.uppercased())'"
        case .string: "a string"
        case .number(let number): "'\(number)'"
        case .mark(let mark): "'\(mark)'"
        case .end: "the end"
        }
    }
}
