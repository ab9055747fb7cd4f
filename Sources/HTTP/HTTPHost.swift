/// A host as the Host field and `:authority` name it.
enum HTTPHost {
    /// `uri-host [":" port]` (RFC 9110 section 7.2); empty is allowed where the target has no authority.
    static func check(_ value: UnsafeRawBufferPointer) throws(HTTPFailure) {
        guard let first = value.first else { return }
        let isBracketed = first == UInt8(ascii: "[")
        var index = isBracketed ? 1 : 0
        while index < value.count, value[index] != (isBracketed ? UInt8(ascii: "]") : UInt8(ascii: ":")) {
            guard isInHost(value[index]) else { throw noHost }
            index += 1
        }
        guard index > (isBracketed ? 1 : 0) else { throw noHost }
        if isBracketed {
            guard index < value.count else { throw noHost }
            index += 1
        }
        guard index < value.count else { return }
        guard value[index] == UInt8(ascii: ":"),
            value[(index + 1)...].allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { throw noHost }
    }

    private static let noHost = HTTPFailure(400, "The Host field does not hold a host.")

    private static func isInHost(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "/"), UInt8(ascii: "\\"), UInt8(ascii: "@"), UInt8(ascii: "?"), UInt8(ascii: "#"),
            UInt8(ascii: ","), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "["),
            UInt8(ascii: "]"), 0...0x20, 0x7F...0xFF:
            false
        default: true
        }
    }
}
