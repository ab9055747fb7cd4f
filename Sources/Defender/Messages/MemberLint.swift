import JSON

/// The checks that the envelope and its events share. A member that is absent is told once, by `check`.
enum MemberLint {
    static func check(_ object: JSONValue, has fields: [String]) -> [MessageLint] {
        let unknown = object.members.compactMap { key, value in
            fields.contains(key) ? nil : MessageLint(rule: .unknownField, path: key, range: value.range, knownOf: nil)
        }
        let missing = fields.filter { object[$0] == nil }
        return unknown + missing.map { MessageLint(rule: .missingField, path: $0, range: object.range, knownOf: nil) }
    }

    static func texts(_ keys: [String], in object: JSONValue) -> [MessageLint] {
        keys.compactMap { key in
            guard let value = object[key], value.kind != .string else { return nil }
            return MessageLint(rule: .wrongType, path: key, range: value.range, knownOf: nil)
        }
    }

    static func word(_ key: String, of words: [String], in object: JSONValue) -> [MessageLint] {
        guard let value = object[key] else { return [] }
        guard let text = value.string else { return texts([key], in: object) }
        return words.contains(text) ? [] : [MessageLint(rule: .notOneOf, path: key, range: value.range, knownOf: nil)]
    }

    static func guid(_ key: String, in object: JSONValue) -> [MessageLint] {
        guard let value = object[key] else { return [] }
        guard let text = value.string else { return texts([key], in: object) }
        if GUIDText.holds(text) { return [] }
        return [MessageLint(rule: .wrongFormat, path: key, range: value.range, knownOf: nil)]
    }
}
