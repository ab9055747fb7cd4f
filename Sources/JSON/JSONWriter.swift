/// Writes JSON into bytes and sets the commas itself. The caller keeps keys and values in turn.
public struct JSONWriter: Sendable {
    public var bytes: [UInt8]
    @usableFromInline var needsComma = false

    /// Writes behind what `bytes` holds already.
    public init(_ bytes: [UInt8] = []) { self.bytes = bytes }

    public init(capacity: Int) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// Begins anew in the same buffer.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        needsComma = false
    }

    public mutating func beginObject() { open(UInt8(ascii: "{")) }
    public mutating func endObject() { close(UInt8(ascii: "}")) }
    public mutating func beginArray() { open(UInt8(ascii: "[")) }
    public mutating func endArray() { close(UInt8(ascii: "]")) }

    /// A literal key, which holds nothing that needs an escape.
    public mutating func key(_ key: StaticString) {
        let length = key.utf8CodeUnitCount
        let start = needsComma ? 1 : 0
        bytes.append(atMost: length + 4) { end in
            // Overwritten where no comma is needed.
            end[0] = UInt8(ascii: ",")
            end[start] = UInt8(ascii: "\"")
            (end + start + 1).update(from: key.utf8Start, count: length)
            end[start + length + 1] = UInt8(ascii: "\"")
            end[start + length + 2] = UInt8(ascii: ":")
            return start + length + 3
        }
        needsComma = false
    }

    @_disfavoredOverload
    public mutating func key(_ key: String) {
        separate()
        JSONText.appendQuoted(key, to: &bytes)
        colon()
    }

    /// A string, or `null` for nil.
    public mutating func value(_ text: String?) {
        guard let text else { return null() }
        separate()
        JSONText.appendQuoted(text, to: &bytes)
        needsComma = true
    }

    @inlinable
    public mutating func value(_ number: some BinaryInteger) {
        separate()
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        append(digitsOf: UInt64(number.magnitude))
        needsComma = true
    }

    public mutating func value(_ flag: Bool) { literal(flag ? "true" : "false") }

    public mutating func null() { literal("null") }

    /// A value's ready source text.
    @inlinable
    public mutating func raw(_ text: some Sequence<UInt8>) {
        separate()
        bytes.append(contentsOf: text)
        needsComma = true
    }

    /// Begins a string whose text the caller appends to `bytes`, without anything that needs an escape.
    public mutating func openText() {
        separate()
        bytes.append(UInt8(ascii: "\""))
    }

    public mutating func closeText() {
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    private mutating func literal(_ text: StaticString) {
        raw(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    @usableFromInline
    mutating func append(digitsOf number: UInt64) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var rest = number
            var start = 20
            repeat {
                start &-= 1
                digits[start] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: digits[start..<20]))
        }
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func colon() {
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    @inlinable @inline(__always)
    mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }
}
