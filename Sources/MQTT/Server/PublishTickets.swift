/// Names one QoS 1 message of a client that is to be acknowledged.
public struct PublishTicket: Hashable, Sendable {
    fileprivate let number: UInt64
}

/// QoS 1 messages of one client that it has no PUBACK for, in the order in which they came. They may be done with in any
/// order; their PUBACKs go out in that one [MQTT-4.6.0-2].
struct PublishTickets: Sendable {
    private var waiting: [(packetID: UInt16, isDone: Bool)] = []
    /// Those in front have their PUBACK already.
    private var start = 0
    /// The number of the first in the array.
    private var firstNumber: UInt64 = 0

    var count: Int { waiting.count - start }

    mutating func add(_ packetID: UInt16) -> PublishTicket {
        waiting.append((packetID, false))
        return PublishTicket(number: firstNumber + UInt64(waiting.count - 1))
    }

    /// A ticket counts once, and only here.
    mutating func settle(_ ticket: PublishTicket, into output: inout [UInt8]) {
        guard ticket.number >= firstNumber + UInt64(start), ticket.number < firstNumber + UInt64(waiting.count) else {
            return
        }
        waiting[Int(ticket.number - firstNumber)].isDone = true
        while start < waiting.count, waiting[start].isDone {
            PacketWriter.appendPuback(waiting[start].packetID, to: &output)
            start += 1
        }
        guard start == waiting.count || start >= 64 else { return }
        firstNumber += UInt64(start)
        waiting.removeFirst(start)
        start = 0
    }
}
