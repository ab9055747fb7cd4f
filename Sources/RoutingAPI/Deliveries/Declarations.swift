/// Declarations that are on their way to the hub, with where the events begin that can be meant for their endpoints.
public struct Declarations: Sendable {
    /// One of them.
    public struct Ticket: Hashable, Sendable {
        fileprivate let number: Int
    }

    private struct Pending: Sendable {
        /// The last event before it.
        var after: UInt64
        /// Endpoints that were declared already: events from before it may be meant for them.
        var known: Set<String>
    }
    private var pending: [Int: Pending] = [:]
    private var last = 0

    mutating func begin(after sequence: UInt64, known: Set<String>) -> Ticket {
        last += 1
        pending[last] = Pending(after: sequence, known: known)
        return Ticket(number: last)
    }

    mutating func end(_ ticket: Ticket) { pending[ticket.number] = nil }

    mutating func endAll() { pending = [:] }

    /// Behind which event an endpoint begins that has got nothing yet. One of several declarations has brought it, and which
    /// one is not known: the earliest misses nothing. 0 where none of them has: then a crash came before its first cursor.
    func start(of endpoint: String) -> UInt64 {
        pending.values.filter { !$0.known.contains(endpoint) }.map(\.after).min() ?? 0
    }
}
