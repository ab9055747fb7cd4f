import JSON

// The checks that the envelope and its events share. A member that is absent is told once, by the first of them.
extension LintList {
    mutating func checkMembers(of object: JSONValue, are fields: [String]) {
        for (key, value) in object.members where !fields.contains(key) {
            add(.unknownField, key, at: value.range)
        }
        for field in fields where object[field] == nil { add(.missingField, field, at: object.range) }
    }

    mutating func checkText(_ key: String, in object: JSONValue) {
        guard let value = object[key], value.kind != .string else { return }
        add(.wrongType, key, at: value.range)
    }

    mutating func checkWord(
        _ key: String, of words: [String], in object: JSONValue, knownOf: @autoclosure () -> String? = nil
    ) {
        guard let value = object[key] else { return }
        guard let text = value.string else { return checkText(key, in: object) }
        if !words.contains(text) { add(.notOneOf, key, at: value.range, knownOf: knownOf()) }
    }

    mutating func checkGUID(_ key: String, in object: JSONValue) {
        guard let value = object[key] else { return }
        guard let text = value.string else { return checkText(key, in: object) }
        if !GUIDText.holds(text) { add(.wrongFormat, key, at: value.range) }
    }
}
