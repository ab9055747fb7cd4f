/// QoS 1 messages for one client, in order: those in flight, behind them those that wait for a place among these.
///
/// They outlive the connection. What was in flight is sent once more over the next one, first, in its old order and
/// with its old packet ids, marked DUP [MQTT-4.4.0-1, MQTT-4.6.0-1].
public struct Deliveries: Sendable {
    private struct Entry {
        /// What the owner knows the message by.
        let token: UInt64
        let publish: RenderedPublish
        /// 0 until the message has been sent for the first time.
        var packetID: UInt16 = 0
    }

    private var entries: [Entry] = []
    /// How many of them have been sent over the connection at hand.
    private var sent = 0
    private var ids = PacketIDs()

    /// Messages that have not been acknowledged.
    public var count: Int { entries.count }
    public var isEmpty: Bool { entries.isEmpty }
    /// Their tokens, in order.
    public var tokens: [UInt64] { entries.map(\.token) }

    /// - Returns: false where no more may wait.
    mutating func add(_ publish: RenderedPublish, token: UInt64, _ limits: MQTTLimits) -> Bool {
        guard entries.count < limits.inFlight + limits.queued else { return false }
        entries.append(Entry(token: token, publish: publish))
        return true
    }

    /// Sends what the window has room for.
    mutating func send(_ limits: MQTTLimits, into output: inout [UInt8]) {
        while sent < min(entries.count, limits.inFlight) {
            let isDuplicate = entries[sent].packetID != 0
            if !isDuplicate { entries[sent].packetID = ids.next { id in entries.contains { $0.packetID == id } } }
            entries[sent].publish.append(
                packetID: entries[sent].packetID, isDuplicate: isDuplicate, to: &output)
            sent += 1
        }
    }

    /// - Returns: the token of the message, which is done with; nil where none of this id was sent over this connection.
    mutating func acknowledge(_ packetID: UInt16) -> UInt64? {
        guard let index = entries[..<sent].firstIndex(where: { $0.packetID == packetID }) else { return nil }
        sent -= 1
        return entries.remove(at: index).token
    }

    /// Forgets the others. Only between two connections, when none is on its way.
    mutating func keep(where isKnown: (UInt64) -> Bool) {
        restart()
        entries.removeAll { !isKnown($0.token) }
    }

    /// A new connection begins: nothing has been sent over it.
    mutating func restart() { sent = 0 }

    /// Takes a message back that has never been sent.
    ///
    /// - Returns: false where it was sent or is not there.
    mutating func withdraw(_ token: UInt64) -> Bool {
        guard let index = entries.firstIndex(where: { $0.token == token && $0.packetID == 0 }) else { return false }
        entries.remove(at: index)
        return true
    }
}
