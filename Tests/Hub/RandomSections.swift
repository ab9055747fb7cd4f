import TestSupport

func json(_ section: [String: Int?]) -> String {
    "{" + section.map { "\"\($0)\":\($1.map(String.init) ?? "null")" }.joined(separator: ",") + "}"
}

func json(_ section: [String: Int]) -> String { json(section.mapValues(Optional.some)) }

extension SeededRandom {
    mutating func section() -> [String: Int] {
        var section: [String: Int] = [:]
        for _ in 0..<below(4) { section["k\(below(6))"] = below(100) }
        return section
    }

    /// As above, with removals.
    mutating func patch() -> [String: Int?] {
        var patch: [String: Int?] = [:]
        for (key, value) in section() { patch.updateValue(below(3) == 0 ? nil : value, forKey: key) }
        return patch
    }

    mutating func twin() -> NaiveHub.Twin { NaiveHub.Twin(tags: section(), desired: section(), reported: section()) }
}
