/// Takes the frames of one direction of a WebSocket apart (RFC 6455 section 5). Payloads of binary messages are given on
/// as they come, whatever frames and messages they come in: what is spoken inside is a stream of bytes (MQTT 3.1.1 section
/// 6).
public struct WebSocketReader: Sendable {
    /// Which side it listens to: clients mask what they send, servers must not (section 5.1).
    public enum Role: Sendable { case server, client }

    public enum Event {
        /// A piece of a binary message, unmasked; valid during the call.
        case data(UnsafeRawBufferPointer)
        /// To be answered by a pong with the same payload.
        case ping([UInt8])
        case pong
        /// The peer is done, with its code where it gave one; to be answered by a Close.
        case close(UInt16?)
    }

    /// A control frame's payload (section 5.5).
    static let controlBytes = 125

    private enum Phase {
        case head
        /// In a payload: so much is left of it, and so much was there.
        case payload(WebSocketOpcode, left: UInt64, done: UInt64)
        /// A Close has come: nothing after it counts.
        case closed
    }

    private let role: Role
    /// The longest payload of one frame.
    private let limit: UInt64
    private var phase = Phase.head
    /// A head that has not come whole.
    private var head: [UInt8] = []
    private var mask: [UInt8] = [0, 0, 0, 0]
    /// Whether a message was begun and not ended.
    private var isInMessage = false
    private var control: [UInt8] = []

    /// - Parameter role: of this side; a server reads what clients send.
    public init(role: Role, limit: Int) {
        self.role = role
        self.limit = UInt64(limit)
    }

    /// Takes all of the bytes and calls with what they hold, in order.
    public mutating func receive(
        _ bytes: UnsafeRawBufferPointer, _ event: (Event) -> Void
    ) throws(WebSocketFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            switch phase {
            case .head:
                head.append(rest.removeFirst())
                if let (opcode, length) = try readHead() {
                    head.removeAll(keepingCapacity: true)
                    phase = .payload(opcode, left: length, done: 0)
                    if length == 0 { finish(opcode, event) }
                }
            case .payload(let opcode, let left, let done):
                let count = Int(min(left, UInt64(rest.count)))
                take(UnsafeRawBufferPointer(rebasing: rest.prefix(count)), opcode, at: done, event)
                rest = rest.dropFirst(count)
                phase = .payload(opcode, left: left - UInt64(count), done: done + UInt64(count))
                if left == UInt64(count) { try checkClose(opcode); finish(opcode, event) }
            case .closed: return
            }
        }
    }

    /// The frame's kind and its payload's length; nil while the head is not whole. What is wrong is said at once.
    private mutating func readHead() throws(WebSocketFailure) -> (WebSocketOpcode, UInt64)? {
        guard head[0] & 0x70 == 0 else { throw .protocolError(.reservedBits) }
        guard let opcode = WebSocketOpcode(rawValue: head[0] & 0xF) else { throw .protocolError(.opcode) }
        let isFinal = head[0] & 0x80 != 0
        if head.count == 1 { try check(opcode, isFinal: isFinal) }
        guard head.count >= 2 else { return nil }
        let isMasked = head[1] & 0x80 != 0
        guard isMasked || role == .client else { throw .protocolError(.notMasked) }
        guard !isMasked || role == .server else { throw .protocolError(.masked) }
        let short = head[1] & 0x7F
        guard !opcode.isControl || short <= Self.controlBytes else { throw .protocolError(.longControl) }
        let extra = short == 126 ? 2 : short == 127 ? 8 : 0
        guard head.count >= 2 + extra else { return nil }
        var length = UInt64(short)
        if extra > 0 {
            length = head[2..<(2 + extra)].reduce(0) { $0 << 8 | UInt64($1) }
            // The shortest form is the only one, and the highest bit is none (section 5.2).
            guard length > (extra == 2 ? 125 : 0xFFFF), length >> 63 == 0 else { throw .protocolError(.length) }
        }
        guard length <= limit else { throw .messageTooBig }
        guard head.count == 2 + extra + (isMasked ? 4 : 0) else { return nil }
        mask = isMasked ? Array(head.suffix(4)) : [0, 0, 0, 0]
        if !opcode.isControl { isInMessage = !isFinal }
        return (opcode, length)
    }

    private func check(_ opcode: WebSocketOpcode, isFinal: Bool) throws(WebSocketFailure) {
        switch opcode {
        case .text: throw .unsupportedData
        case .binary where isInMessage: throw .protocolError(.messageUnfinished)
        case .continuation where !isInMessage: throw .protocolError(.nothingToContinue)
        case .close, .ping, .pong:
            if !isFinal { throw .protocolError(.fragmentedControl) }
        case .binary, .continuation: break
        }
    }

    private mutating func take(
        _ piece: UnsafeRawBufferPointer, _ opcode: WebSocketOpcode, at offset: UInt64, _ event: (Event) -> Void
    ) {
        let start = Int(truncatingIfNeeded: offset & 3)
        let plain = [UInt8](unsafeUninitializedCapacity: piece.count) { buffer, count in
            for index in 0..<piece.count { buffer[index] = piece[index] ^ mask[(start + index) & 3] }
            count = piece.count
        }
        if opcode.isControl { control += plain } else { plain.withUnsafeBytes { event(.data($0)) } }
    }

    /// A Close has no payload, or a code that may be sent (section 7.4).
    private func checkClose(_ opcode: WebSocketOpcode) throws(WebSocketFailure) {
        guard opcode == .close else { return }
        guard control.count >= 2 else { throw .protocolError(.closeCode) }
        switch closeCode {
        case 1000...1003, 1007...1014, 3000...4999: return
        default: throw .protocolError(.closeCode)
        }
    }

    private var closeCode: UInt16 { UInt16(control[0]) << 8 | UInt16(control[1]) }

    private mutating func finish(_ opcode: WebSocketOpcode, _ event: (Event) -> Void) {
        phase = .head
        switch opcode {
        case .continuation, .text, .binary: return
        case .ping: event(.ping(control))
        case .pong: event(.pong)
        case .close:
            phase = .closed
            event(.close(control.isEmpty ? nil : closeCode))
        }
        control.removeAll()
    }
}
