import JSON

/// A change of the feed for a person: a line that says what, when and who, then what stood there and what stands there.
struct ChangeText {
    let text: String

    init(_ change: JSONValue, _ style: TerminalStyle) {
        let device = change["deviceId"]?.string ?? "hub"
        let name = change["moduleId"]?.string.map { "\(device)/\($0)" } ?? device
        var head = style.text(Self.clock(change["time"]?.string ?? ""), .grey)
        head += " \(style.text(name, .cyan)) \(change["operation"]?.string ?? "?")"
        if let version = change["version"]?.int { head += style.text(" version \(version)", .grey) }
        if let who = change["origin"]?["principal"]?.string { head += style.text(" by \(who)", .grey) }
        var lines = [head]
        let before = change["before"].map { Self.leaves($0) } ?? []
        let after = change["after"].map { Self.leaves($0) } ?? []
        for (path, value) in before where value != "null" { lines.append(style.text("  - \(path): \(value)", .red)) }
        for (path, value) in after where value != "null" { lines.append(style.text("  + \(path): \(value)", .green)) }
        if let keys = change["keysReset"]?.elements.compactMap(\.string), !keys.isEmpty {
            let list = keys.joined(separator: ", ")
            lines.append(style.text("  ! an agent that is told of this goes back to its defaults for \(list)", .yellow))
        }
        text = lines.joined(separator: "\n") + "\n"
    }

    /// `10:00:00.123` of a timestamp.
    private static func clock(_ time: String) -> String {
        guard let t = time.firstIndex(of: "T") else { return time }
        let clock = time[time.index(after: t)...].prefix { $0 != "Z" }
        return String(clock.prefix(12))
    }

    /// Every value that is not an object, with its path; an empty object counts as a value.
    private static func leaves(_ value: JSONValue, at path: String = "") -> [(path: String, value: String)] {
        guard value.kind == .object, value.members.contains(where: { _ in true }) else {
            return path.isEmpty ? [] : [(path, String(decoding: Array(value.raw), as: UTF8.self))]
        }
        return value.members.flatMap { leaves($0.value, at: path.isEmpty ? $0.key : "\(path).\($0.key)") }
    }
}
