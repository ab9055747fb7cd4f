/// A SUBSCRIBE (MQTT 3.1.1 section 3.8): a sequence of at least one filter with the QoS asked for.
public struct SubscribePacket: Sequence {
    public let packetID: UInt16
    /// The checked payload.
    let payload: UnsafeRawBufferPointer

    public func makeIterator() -> Iterator { Iterator(fields: FieldCursor(payload)) }

    public struct Iterator: IteratorProtocol {
        fileprivate var fields: FieldCursor

        /// Nil at the end; what was read once as a whole cannot fail.
        public mutating func next() -> (filter: UnsafeRawBufferPointer, qos: QoS)? {
            guard !fields.isAtEnd, let filter = try? fields.binary(), let byte = try? fields.byte() else { return nil }
            return QoS(rawValue: byte).map { (filter, $0) }
        }
    }
}

/// An UNSUBSCRIBE (section 3.10): a sequence of at least one filter.
public struct UnsubscribePacket: Sequence {
    public let packetID: UInt16
    /// The checked payload.
    let payload: UnsafeRawBufferPointer

    public func makeIterator() -> Iterator { Iterator(fields: FieldCursor(payload)) }

    public struct Iterator: IteratorProtocol {
        fileprivate var fields: FieldCursor

        public mutating func next() -> UnsafeRawBufferPointer? { fields.isAtEnd ? nil : try? fields.binary() }
    }
}
