/// Reads JSON numbers.
enum NumberText {
    /// The double next to what is written; nil for what is no number.
    static func value(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
        exactly(text) ?? Double(String(decoding: text, as: UTF8.self))
    }

    /// A number of few digits without an exponent, as most are; nil for any other. The digits are exact in a double, and so is the
    /// power of ten, which makes their quotient the double next to it (Clinger 1990).
    private static func exactly(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
        var digits: Int64 = 0
        var count = 0
        var fraction = 0
        var hasPoint = false
        let isNegative = text.first == UInt8(ascii: "-")
        for index in (isNegative ? 1 : 0)..<text.count {
            let byte = text[index]
            if byte == UInt8(ascii: "."), !hasPoint {
                hasPoint = true
                continue
            }
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10, count < 15 else { return nil }
            digits = digits &* 10 &+ Int64(digit)
            count += 1
            if hasPoint { fraction += 1 }
        }
        guard count > 0 else { return nil }
        let value = fraction == 0 ? Double(digits) : Double(digits) / powers[fraction]
        return isNegative ? -value : value
    }

    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ]
}
