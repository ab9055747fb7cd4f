/// A request's header fields: a view of the bytes they came in, valid as long as those are.
public struct HTTPHeaders {
    /// A field's place in the bytes.
    struct Field {
        var nameStart: Int32
        var nameCount: Int32
        var valueStart: Int32
        var valueCount: Int32
    }

    let bytes: UnsafeRawBufferPointer
    let fields: UnsafeBufferPointer<Field>

    public var count: Int { fields.count }

    /// The first field of this name, which is given in lower case; nil where there is none.
    public subscript(_ name: StaticString) -> UnsafeRawBufferPointer? {
        for field in fields where isNamed(field, name) { return value(of: field) }
        return nil
    }

    /// As above, as text. Octets beyond ASCII are read as UTF-8.
    public func string(_ name: StaticString) -> String? { self[name].map { String(decoding: $0, as: UTF8.self) } }

    /// Every field of this name, joined by commas (RFC 9110 section 5.3); nil where there is none.
    public func joined(_ name: StaticString) -> String? {
        var text: String?
        for field in fields where isNamed(field, name) {
            let value = String(decoding: value(of: field), as: UTF8.self)
            text = text.map { $0 + ", " + value } ?? value
        }
        return text
    }

    /// Every field, names in lower case.
    public func forEach(_ body: (_ name: String, _ value: UnsafeRawBufferPointer) -> Void) {
        for field in fields {
            let name = bytes[Int(field.nameStart)..<Int(field.nameStart + field.nameCount)]
            body(String(decoding: name, as: UTF8.self).lowercased(), value(of: field))
        }
    }

    func value(of field: Field) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[Int(field.valueStart)..<Int(field.valueStart + field.valueCount)])
    }

    func isNamed(_ field: Field, _ name: StaticString) -> Bool {
        guard Int(field.nameCount) == name.utf8CodeUnitCount else { return false }
        let start = Int(field.nameStart)
        for index in 0..<name.utf8CodeUnitCount
        where bytes[start + index] | HTTPCharacters.caseBit(bytes[start + index]) != name.utf8Start[index] {
            return false
        }
        return true
    }
}
