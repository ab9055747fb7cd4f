/// A direct method on its way to a device, known by an opaque name whatever protocol carries it (mqtt.md section 5.4).
public struct MethodRequest: Sendable {
    /// Unique among the requests under way to one identity; holds no `/`, `&` or `?`.
    public struct ID: Hashable, Sendable, CustomStringConvertible {
        public let number: UInt64
        public init(number: UInt64) { self.number = number }
        /// Lower-case hexadecimal, as the hub's own look.
        public var description: String { String(number, radix: 16) }
    }

    public let id: ID
    public let name: String
    /// JSON; empty where the caller gave none.
    public let payload: [UInt8]
    /// Takes the one answer, on any thread.
    public let answer: @Sendable (MethodAnswer) -> Void

    public init(id: ID, name: String, payload: [UInt8], answer: @escaping @Sendable (MethodAnswer) -> Void) {
        self.id = id
        self.name = name
        self.payload = payload
        self.answer = answer
    }
}

/// What came of a direct method.
public enum MethodAnswer: Sendable {
    /// The device's own status and payload; JSON, empty where it sent none.
    case answered(status: Int, payload: [UInt8])
    /// The link does not take methods: the device has not subscribed to them.
    case notListening
    /// The link was lost before the answer came.
    case linkLost
    /// The device has as many calls under way as one link may have.
    case tooMany
}
