/// The shape of a JSON value, as far as it is of use to those who read the document (JSON Schema 2020-12).
public indirect enum Schema: Sendable {
    case any
    case null
    case boolean
    case number
    case integer(ClosedRange<Int>?)
    /// A pattern is a regular expression of ECMA-262.
    case string(pattern: String?)
    /// One of these texts.
    case words([String])
    case array(of: Schema, count: ClosedRange<Int>?)
    /// Members that are not named may stand there too: the hub passes over what it does not know.
    case object([Member])
    /// An object whose names are the caller's own.
    case map(of: Schema)
    case oneOf([Schema])
    /// Written once, under this name, and referred to.
    case named(String, Schema)

    public struct Member: Sendable {
        let name: String
        let schema: Schema
        let isRequired: Bool

        public static func needed(_ name: String, _ schema: Schema) -> Member {
            Member(name: name, schema: schema, isRequired: true)
        }

        public static func optional(_ name: String, _ schema: Schema) -> Member {
            Member(name: name, schema: schema, isRequired: false)
        }
    }
}

extension Schema {
    public static var string: Schema { .string(pattern: nil) }
    public static var integer: Schema { .integer(nil) }
    public static var count: Schema { .integer(0...Int(Int32.max)) }
    /// An instant as the hub writes it.
    public static var time: Schema {
        .string(pattern: #"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z$"#)
    }

    public static func array(of schema: Schema) -> Schema { .array(of: schema, count: nil) }

    /// As it is, or null.
    public static func nullable(_ schema: Schema) -> Schema { .oneOf([schema, .null]) }
}
