/// Appends frames (RFC 6455 section 5.2), each a message of its own. A client masks, with a key that must not be guessed
/// by whoever chose the payload (section 10.3).
public enum WebSocketWriter {
    public static func appendBinary(
        _ payload: UnsafeRawBufferPointer, mask: UInt32? = nil, to output: inout [UInt8]
    ) {
        append(.binary, payload, mask, to: &output)
    }

    public static func appendPing(_ payload: [UInt8] = [], mask: UInt32? = nil, to output: inout [UInt8]) {
        payload.withUnsafeBytes { append(.ping, $0, mask, to: &output) }
    }

    public static func appendPong(_ payload: [UInt8], mask: UInt32? = nil, to output: inout [UInt8]) {
        payload.withUnsafeBytes { append(.pong, $0, mask, to: &output) }
    }

    public static func appendClose(_ code: UInt16, mask: UInt32? = nil, to output: inout [UInt8]) {
        let payload = [UInt8(truncatingIfNeeded: code >> 8), UInt8(truncatingIfNeeded: code)]
        payload.withUnsafeBytes { append(.close, $0, mask, to: &output) }
    }

    private static func append(
        _ opcode: WebSocketOpcode, _ payload: UnsafeRawBufferPointer, _ mask: UInt32?, to output: inout [UInt8]
    ) {
        output.reserveCapacity(output.count + payload.count + 14)
        output.append(0x80 | opcode.rawValue)
        let maskBit: UInt8 = mask == nil ? 0 : 0x80
        switch payload.count {
        case ...125: output.append(maskBit | UInt8(payload.count))
        case ...0xFFFF:
            output.append(maskBit | 126)
            appendNumber(payload.count, bytes: 2, to: &output)
        default:
            output.append(maskBit | 127)
            appendNumber(payload.count, bytes: 8, to: &output)
        }
        guard let mask else { return output.append(contentsOf: payload) }
        let key = (0..<4).map { UInt8(truncatingIfNeeded: mask >> (24 - 8 * UInt32($0))) }
        output += key
        for (index, byte) in payload.enumerated() { output.append(byte ^ key[index & 3]) }
    }

    private static func appendNumber(_ number: Int, bytes: Int, to output: inout [UInt8]) {
        for index in (0..<bytes).reversed() { output.append(UInt8(truncatingIfNeeded: number >> (8 * index))) }
    }
}
