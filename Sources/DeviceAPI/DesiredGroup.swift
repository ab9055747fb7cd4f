import Vocabulary

/// Everybody on one shard who waits for one twin.
final class DesiredGroup {
    unowned let waits: DesiredWaits
    let id: TwinID
    let waiters = DenseList()
    /// Requests that look at the twin and have not decided to wait yet.
    var lookers = 0
    /// The generation that they all know.
    var generation: UInt64 = 0

    init(_ waits: DesiredWaits, _ id: TwinID) {
        self.waits = waits
        self.id = id
    }

    /// Waiters in no order, each knowing its place.
    final class DenseList {
        private(set) var all: [DesiredWaiter] = []

        func add(_ waiter: DesiredWaiter) {
            waiter.place = Int32(truncatingIfNeeded: all.count)
            all.append(waiter)
        }

        func remove(_ waiter: DesiredWaiter) {
            guard waiter.place >= 0 else { return }
            let last = all.removeLast()
            if last !== waiter {
                all[Int(waiter.place)] = last
                last.place = waiter.place
            }
            waiter.place = -1
        }
    }
}
