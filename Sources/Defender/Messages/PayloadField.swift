/// A field of an event's payload item, as the official schema 1.0 has it (defender.md section 5.3).
public struct PayloadField: Hashable, Sendable {
    public let name: String
    public let type: FieldType
    public let isRequired: Bool

    public enum FieldType: Hashable, Sendable {
        case string
        case address
        case guid
        case integer
        case boolean
        case oneOf([String])
    }

    static func required(_ name: String, _ type: FieldType = .string) -> PayloadField {
        PayloadField(name: name, type: type, isRequired: true)
    }

    static func optional(_ name: String, _ type: FieldType = .string) -> PayloadField {
        PayloadField(name: name, type: type, isRequired: false)
    }
}
