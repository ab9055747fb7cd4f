import JSON

/// JSON as a plain tree, for expectations. Numbers are their source text.
indirect enum Tree: Equatable, CustomStringConvertible {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([Tree])
    case object([String: Tree])

    init(_ value: JSONValue) {
        switch value.kind {
        case .null: self = .null
        case .bool: self = .bool(value.bool == true)
        case .number: self = .number(String(decoding: value.raw, as: UTF8.self))
        case .string: self = .string(value.string ?? "")
        case .array: self = .array(value.elements.map(Tree.init))
        case .object:
            self = .object(Dictionary(value.members.map { ($0.key, Tree($0.value)) }, uniquingKeysWith: { $1 }))
        }
    }

    init(_ bytes: some Sequence<UInt8>) throws { self.init(try JSONDocument(parsing: Array(bytes)).root) }

    var description: String {
        switch self {
        case .null: return "null"
        case .bool(let flag): return "\(flag)"
        case .number(let text): return text
        case .string(let text):
            var bytes: [UInt8] = []
            JSONText.appendQuoted(text, to: &bytes)
            return String(decoding: bytes, as: UTF8.self)
        case .array(let elements): return "[" + elements.map(\.description).joined(separator: ",") + "]"
        case .object(let members):
            let parts = members.sorted { $0.key < $1.key }.map { "\(Tree.string($0.key)):\($0.value)" }
            return "{" + parts.joined(separator: ",") + "}"
        }
    }

    var document: JSONDocument {
        get throws { try JSONDocument(parsing: description) }
    }
}
