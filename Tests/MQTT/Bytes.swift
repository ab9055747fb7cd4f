@testable import MQTT

/// Bytes written as hexadecimal digits; spaces are for the reader.
func hex(_ digits: String) -> [UInt8] {
    let values = digits.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue.map(UInt8.init) }
    return stride(from: 0, to: values.count - 1, by: 2).map { values[$0] << 4 | values[$0 + 1] }
}

/// A packet of this first byte, its remaining length computed.
func frame(_ first: UInt8, _ parts: [UInt8]...) -> [UInt8] {
    let body = parts.flatMap { $0 }
    var bytes = [first]
    var rest = body.count
    repeat {
        bytes.append(UInt8(rest % 128) + (rest >= 128 ? 128 : 0))
        rest /= 128
    } while rest > 0
    return bytes + body
}

/// A text field: a length of two bytes, and the text.
func field(_ text: String) -> [UInt8] { field(Array(text.utf8)) }

func field(_ bytes: [UInt8]) -> [UInt8] { [UInt8(bytes.count >> 8), UInt8(bytes.count & 255)] + bytes }

func string(_ bytes: UnsafeRawBufferPointer) -> String { String(decoding: bytes, as: UTF8.self) }

extension String {
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try Array(utf8).withUnsafeBytes(body)
    }
}
