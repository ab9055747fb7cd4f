/// Reads the fields of one packet in their order.
struct FieldCursor {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }
    /// Everything that has not been read.
    var rest: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[position...]) }

    mutating func byte() throws(MQTTFailure) -> UInt8 {
        guard position < bytes.count else { throw .truncated }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func number() throws(MQTTFailure) -> UInt16 {
        guard bytes.count - position >= 2 else { throw .truncated }
        defer { position += 2 }
        return UInt16(bytes[position]) << 8 | UInt16(bytes[position + 1])
    }

    mutating func packetID() throws(MQTTFailure) -> UInt16 {
        let id = try number()
        guard id != 0 else { throw .packetIDZero }
        return id
    }

    /// A length and as many bytes.
    mutating func binary() throws(MQTTFailure) -> UnsafeRawBufferPointer {
        let count = Int(try number())
        guard bytes.count - position >= count else { throw .truncated }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
    }

    /// A length and as many bytes of UTF-8.
    mutating func text() throws(MQTTFailure) -> UnsafeRawBufferPointer {
        let text = try binary()
        guard UTF8Text.isValid(text) else { throw .text }
        return text
    }

    /// A topic name or filter.
    mutating func topic() throws(MQTTFailure) -> UnsafeRawBufferPointer {
        let topic = try text()
        guard !topic.isEmpty else { throw .topicEmpty }
        return topic
    }

    func end() throws(MQTTFailure) {
        guard isAtEnd else { throw .trailingBytes }
    }
}
