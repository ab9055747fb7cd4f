/// Character classes of RFC 9110 section 5.6.2 and RFC 9112.
enum HTTPCharacters {
    /// `tchar`: what methods and field names are made of.
    static let isToken: [Bool] = {
        var table = [Bool](repeating: false, count: 256)
        for byte in "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8 {
            table[Int(byte)] = true
        }
        return table
    }()

    /// `field-vchar`, SP and HTAB: what field values are made of.
    @inline(__always)
    static func isFieldValue(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F || byte == 0x09 }

    /// The bit that makes an upper-case letter a lower-case one; 0 for everything else.
    @inline(__always)
    static func caseBit(_ byte: UInt8) -> UInt8 { byte &- UInt8(ascii: "A") < 26 ? 0x20 : 0 }
}
