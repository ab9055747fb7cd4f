import JSON

/// Writes schemas, and notes those that have names, to be written once.
struct SchemaWriter {
    private(set) var named: [String: Schema] = [:]

    mutating func write(_ schema: Schema, to json: inout JSONWriter) {
        if case .named(let name, let content) = schema {
            named[name] = content
            json.beginObject()
            json.key("$ref")
            json.value("#/components/schemas/\(name)")
            json.endObject()
            return
        }
        json.beginObject()
        writeKeywords(of: schema, to: &json)
        json.endObject()
    }

    private mutating func writeKeywords(of schema: Schema, to json: inout JSONWriter) {
        switch schema {
        case .any, .named: break
        case .null: Self.write("null", to: &json)
        case .boolean: Self.write("boolean", to: &json)
        case .number: Self.write("number", to: &json)
        case .integer(let range):
            Self.write("integer", to: &json)
            guard let range else { return }
            json.key("minimum")
            json.value(range.lowerBound)
            json.key("maximum")
            json.value(range.upperBound)
        case .string(let pattern):
            Self.write("string", to: &json)
            guard let pattern else { return }
            json.key("pattern")
            json.value(pattern)
        case .words(let words):
            Self.write("string", to: &json)
            json.key("enum")
            json.beginArray()
            for word in words { json.value(word) }
            json.endArray()
        case .array(let element, let count):
            Self.write("array", to: &json)
            json.key("items")
            write(element, to: &json)
            guard let count else { return }
            json.key("minItems")
            json.value(count.lowerBound)
            json.key("maxItems")
            json.value(count.upperBound)
        case .object(let members): writeObject(members, to: &json)
        case .map(let value):
            Self.write("object", to: &json)
            json.key("additionalProperties")
            write(value, to: &json)
        case .oneOf(let schemas):
            json.key("oneOf")
            json.beginArray()
            for schema in schemas { write(schema, to: &json) }
            json.endArray()
        }
    }

    private mutating func writeObject(_ members: [Schema.Member], to json: inout JSONWriter) {
        Self.write("object", to: &json)
        json.key("properties")
        json.beginObject()
        for member in members {
            json.key(member.name)
            write(member.schema, to: &json)
        }
        json.endObject()
        let required = members.filter(\.isRequired)
        guard !required.isEmpty else { return }
        json.key("required")
        json.beginArray()
        for member in required { json.value(member.name) }
        json.endArray()
    }

    private static func write(_ type: String, to json: inout JSONWriter) {
        json.key("type")
        json.value(type)
    }

    /// Every named schema that has been referred to, and those that they refer to, by name.
    mutating func writeNamed(to json: inout JSONWriter) {
        json.beginObject()
        var written: Set<String> = []
        while let next = named.keys.filter({ !written.contains($0) }).min(), let schema = named[next] {
            written.insert(next)
            json.key(next)
            write(schema, to: &json)
        }
        json.endObject()
    }
}
