import Glibc

/// Colours, where the output is a terminal and nobody has said otherwise (`NO_COLOR`).
struct TerminalStyle {
    let isColoured: Bool

    static var standardOutput: TerminalStyle {
        TerminalStyle(isColoured: isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == nil)
    }

    enum Colour: Int {
        case red = 31
        case green = 32
        case yellow = 33
        case cyan = 36
        case grey = 90
    }

    func text(_ text: String, _ colour: Colour) -> String {
        isColoured ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }
}
