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

    /// 36 characters: hexadecimal digits, with hyphens at 8, 13, 18 and 23.
    static func guid(_ key: String, in object: JSONValue) -> [MessageLint] {
        guard let value = object[key] else { return [] }
        guard let text = value.string else { return texts([key], in: object) }
        let hyphens: Set = [8, 13, 18, 23]
        let holds = text.utf8.enumerated().allSatisfy { place, byte in
            switch byte {
            case 0x30...0x39, 0x41...0x46, 0x61...0x66: !hyphens.contains(place)
            case 0x2D: hyphens.contains(place)
            default: false
            }
        }
        if holds && text.utf8.count == 36 { return [] }
        return [MessageLint(rule: .wrongFormat, path: key, range: value.range, knownOf: nil)]
    }
}
