import HTTP
import Synchronization

/// The memory that all request bodies which are being collected may take together, whoever sends them.
final class BodyBudget: Sendable {
    private let limit: Int
    private let taken = Atomic<Int>(0)

    init(_ limits: HTTPLimits) { limit = limits.heldBodyBytes }

    /// Throws 503 where it is used up: later it may not be.
    fileprivate func take(_ bytes: Int) throws(HTTPFailure) {
        guard taken.add(bytes, ordering: .relaxed).newValue <= limit else {
            give(bytes)
            throw HTTPFailure(503, "Request bodies of \(limit) bytes are being received, the limit.")
        }
    }

    fileprivate func give(_ bytes: Int) { taken.subtract(bytes, ordering: .relaxed) }
}

/// One body's share of the budget, given back when it is let go.
struct BodyShare: ~Copyable {
    private let budget: BodyBudget
    private var bytes = 0

    init(_ budget: BodyBudget) { self.budget = budget }

    deinit { if bytes > 0 { budget.give(bytes) } }

    /// The body has so many bytes now.
    mutating func cover(_ count: Int) throws(HTTPFailure) {
        guard count > bytes else { return }
        try budget.take(count - bytes)
        bytes = count
    }
}
