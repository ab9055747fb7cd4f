import TestSupport

extension Tree {
    /// An object that a client may send; `nulls` says whether it may remove.
    static func randomSection(nulls: Bool, using random: inout SeededRandom) -> Tree {
        // Now and then an object with so many members that they are found by hash.
        let count =
            random.once(in: 12) ? Int.random(in: 20..<60, using: &random) : Int.random(in: 0..<5, using: &random)
        return randomObject(count: count, depth: 4, nulls: nulls, using: &random)
    }

    private static func randomObject(
        count: Int, depth: Int, nulls: Bool, using random: inout SeededRandom
    ) -> Tree {
        var members: [String: Tree] = [:]
        for _ in 0..<count {
            let key =
                count > 8
                ? "k\(Int.random(in: 0..<80, using: &random))"
                : ["a", "b", "c", "d", "é\"", "back\\slash", "k3", "k7"].randomElement(using: &random)!
            members[key] = randomValue(depth: depth - 1, nulls: nulls, using: &random)
        }
        return .object(members)
    }

    private static func randomValue(depth: Int, nulls: Bool, using random: inout SeededRandom) -> Tree {
        switch Int.random(in: 0..<(depth > 0 ? 10 : 6), using: &random) {
        case 0, 1: return nulls ? .null : .bool(true)
        case 2: return .bool(random.once(in: 2))
        case 3: return .number(["0", "1", "-1", "1.0", "1e3"].randomElement(using: &random)!)
        case 4: return .string(["", "x", "a\nb", "😀 \"quoted\""].randomElement(using: &random)!)
        case 5:
            let elements = (0..<Int.random(in: 0..<3, using: &random)).map { _ in
                randomValue(depth: 0, nulls: false, using: &random)
            }
            return .array(elements)
        default:
            let count = Int.random(in: 0..<4, using: &random)
            return randomObject(count: count, depth: depth, nulls: nulls, using: &random)
        }
    }
}
