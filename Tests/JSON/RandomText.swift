import TestSupport

/// JSON texts with all that the grammar has in them. Keys within one object differ.
enum RandomText {
    static func value(depth: Int, using random: inout SeededRandom) -> String {
        let space = ["", "", " ", "\n\t"].randomElement(using: &random)!
        return space + bare(depth: depth, using: &random) + space
    }

    private static func bare(depth: Int, using random: inout SeededRandom) -> String {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &random) {
        case 0: return ["null", "true", "false"].randomElement(using: &random)!
        case 1: return String(Int.random(in: -100_000...100_000, using: &random))
        case 2: return ["0", "-0.5", "1.25e3", "2E-2", "123456.75", "-1e+2"].randomElement(using: &random)!
        case 3, 4: return string(using: &random)
        case 5:
            let elements = (0..<Int.random(in: 0..<5, using: &random)).map { _ in
                value(depth: depth - 1, using: &random)
            }
            return "[" + elements.joined(separator: ",") + "]"
        default:
            let members = (0..<Int.random(in: 0..<5, using: &random)).map { index in
                "\"\(index)\(string(using: &random).dropFirst()):\(value(depth: depth - 1, using: &random))"
            }
            return "{" + members.joined(separator: ", ") + "}"
        }
    }

    private static func string(using random: inout SeededRandom) -> String {
        let pieces = [
            "a", "longer plain text", "é", "€", "😀", "\\n", "\\\"", "\\\\", "\\u00e9", "\\ud83d\\ude00", "\\/", " ",
            "1",
        ]
        return "\""
            + (0..<Int.random(in: 0..<6, using: &random)).map { _ in pieces.randomElement(using: &random)! }.joined()
            + "\""
    }
}
