import JSON
import Vocabulary

/// What back ends note about an identity, from api-version 2024-03-31 on (rest.md section 5.1): names and plain values. Devices
/// do not see them.
public struct IdentityAttributes: Hashable, Sendable {
    public static let none = IdentityAttributes(json: [])
    /// As much as tags may take; what the real hub allows is not known.
    public static let maximumBytes = 8 << 10
    public static let maximumNameBytes = 1 << 10

    /// An object on one line; empty where there are none.
    let json: [UInt8]

    private init(json: [UInt8]) { self.json = json }

    /// Strings, booleans, integers and arrays of these by name; null and an empty object stand for none.
    public init(_ body: JSONValue) throws(HubError) {
        guard !body.isNull else {
            self = .none
            return
        }
        guard body.kind == .object else { throw .badMember("attributes") }
        guard body.count > 0 else {
            self = .none
            return
        }
        var json = JSONWriter()
        json.beginObject()
        for (name, value) in body.members {
            guard Self.isName(name) else { throw .badMember("attributes") }
            json.key(name)
            try Self.write(value, named: name, to: &json)
        }
        json.endObject()
        guard json.bytes.count <= Self.maximumBytes else {
            throw HubError(.argumentInvalid, "An identity's attributes hold at most \(Self.maximumBytes) bytes.")
        }
        self.json = json.bytes
    }

    private static func write(_ value: JSONValue, named name: String, to json: inout JSONWriter) throws(HubError) {
        guard value.kind == .array else { return json.raw(try scalar(value, named: name)) }
        json.beginArray()
        for element in value.elements { json.raw(try scalar(element, named: name)) }
        json.endArray()
    }

    private static func scalar(_ value: JSONValue, named name: String) throws(HubError) -> [UInt8] {
        let isPlain =
            switch value.kind {
            case .string, .bool: true
            case .number: value.int != nil
            case .null, .object, .array: false
            }
        guard isPlain else { throw .badMember("attributes.\(name)") }
        return Array(value.raw)
    }

    /// No control characters (C0 and C1), `.`, `$` or space.
    private static func isName(_ name: String) -> Bool {
        (1...maximumNameBytes).contains(name.utf8.count)
            && name.unicodeScalars.allSatisfy {
                $0.value > 0x20 && !(0x7F...0x9F).contains($0.value) && $0 != "." && $0 != "$"
            }
    }
}
