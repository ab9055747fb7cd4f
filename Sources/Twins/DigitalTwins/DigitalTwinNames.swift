import JSON

/// What the Plug and Play conventions say of names and of components.
enum DigitalTwinNames {
    static let maximumLength = 64
    /// Marks an object among a twin's properties as a component: `"__t":"c"`.
    static let marker = "__t"
    static let componentMark = "c"

    /// Whether it names a component, a property or a field: letters, digits and `_`, which stands neither first nor last; no
    /// digit first.
    static func isName(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard (1...maximumLength).contains(bytes.count),
            bytes.allSatisfy({ isLetter($0) || isDigit($0) || $0 == underscore })
        else { return false }
        return isLetter(bytes[0]) && bytes[bytes.count - 1] != underscore
    }

    static func isComponent(_ value: JSONValue) -> Bool { value[marker]?.string == componentMark }

    private static let underscore = UInt8(ascii: "_")
    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
