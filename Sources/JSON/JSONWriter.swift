/// Writes JSON into bytes and sets the commas itself. The caller keeps keys and values in turn.
public struct JSONWriter: Sendable {
    public var bytes: [UInt8]
    private var needsComma = false

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
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount))
        bytes.append(UInt8(ascii: "\""))
        colon()
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

    public mutating func value(_ number: some BinaryInteger) { raw(String(number).utf8) }

    public mutating func value(_ flag: Bool) { raw(flag ? "true".utf8 : "false".utf8) }

    public mutating func null() { raw("null".utf8) }

    /// A value's ready source text.
    public mutating func raw(_ text: some Sequence<UInt8>) {
        separate()
        bytes.append(contentsOf: text)
        needsComma = true
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

    @inline(__always)
    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }
}
