/// Why a WebSocket connection cannot go on, with the code that its Close frame carries (RFC 6455 section 7.4.1).
public enum WebSocketFailure: Error, Hashable, Sendable {
    /// Reserved bits, an unknown opcode, a fragment out of place, a length in more bytes than it needs.
    case protocolError(StaticReason)
    /// A text frame: MQTT is bytes (MQTT 3.1.1 [MQTT-6.0.0-1]).
    case unsupportedData
    /// A frame longer than the limit.
    case messageTooBig

    public enum StaticReason: String, Sendable {
        case reservedBits, opcode, notMasked, masked, fragmentedControl, longControl, length, nothingToContinue
        case messageUnfinished, closeCode
    }

    public var code: UInt16 {
        switch self {
        case .protocolError: 1002
        case .unsupportedData: 1003
        case .messageTooBig: 1009
        }
    }
}
