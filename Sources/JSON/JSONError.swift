/// Why a text is not JSON (RFC 8259), or not the JSON that a reader asked for, and where.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Bytes from the start of the text, a byte order mark included.
    public var offset: Int
    public var reason: Reason

    public enum Reason: Hashable, Sendable {
        case unexpectedEnd
        case unexpectedByte(UInt8)
        case invalidNumber
        case invalidEscape
        /// A `\u` escape of one half of a surrogate pair: no Unicode text holds it.
        case loneSurrogate
        /// A byte below 0x20 inside a string.
        case controlCharacter(UInt8)
        case invalidUTF8
        case tooDeep(limit: Int)
        case tooLong(limit: Int)
        case numberTooLong(limit: Int)
        /// Something follows the value.
        case trailingBytes
        /// Well-formed, but not what the reader expected here.
        case expected(String)
    }

    public init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    public var description: String { "\(text) at byte \(offset)" }

    private var text: String {
        switch reason {
        case .unexpectedEnd: "the JSON text ends too early"
        case .unexpectedByte(let byte): "unexpected \(Self.name(byte))"
        case .invalidNumber: "a number is malformed"
        case .invalidEscape: "an escape sequence is malformed"
        case .loneSurrogate: "an escape names one half of a surrogate pair"
        case .controlCharacter(let byte): "a string holds the unescaped control character \(Self.name(byte))"
        case .invalidUTF8: "a string is not UTF-8"
        case .tooDeep(let limit): "more than \(limit) objects and arrays inside one another"
        case .tooLong(let limit): "the text is longer than \(limit) bytes"
        case .numberTooLong(let limit): "a number is longer than \(limit) bytes"
        case .trailingBytes: "something follows the value"
        case .expected(let form): "expected \(form)"
        }
    }

    private static func name(_ byte: UInt8) -> String {
        if byte > 0x20, byte < 0x7F { return "'\(Character(Unicode.Scalar(byte)))'" }
        let digits = String(byte, radix: 16, uppercase: true)
        return "byte 0x" + (digits.utf8.count < 2 ? "0" : "") + digits
    }
}
