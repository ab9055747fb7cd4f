/// What both lexers ask of code points.
extension Unicode.Scalar {
    var isDigit: Bool { "0"..."9" ~= self }
    var isHexDigit: Bool { properties.isASCIIHexDigit }
    var isASCIILetter: Bool { "a"..."z" ~= self || "A"..."Z" ~= self }

    /// Whether another line begins behind it; of CR and LF together the second ends the line.
    func endsLine(before next: Unicode.Scalar?) -> Bool {
        switch self {
        case "\n", "\u{B}", "\u{C}", "\u{85}", "\u{2028}", "\u{2029}": true
        case "\r": next != "\n"
        default: false
        }
    }
}

extension String {
    init(_ scalars: some Sequence<Unicode.Scalar>) {
        self.init()
        unicodeScalars.append(contentsOf: scalars)
    }
}
