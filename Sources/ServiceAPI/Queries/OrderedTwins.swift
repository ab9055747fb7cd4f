import Hub
import Vocabulary

/// Twins in the order of their ids, the first of them only where no more are wanted.
struct OrderedTwins {
    private var found: [(id: TwinID, twin: HeldTwin)] = []
    private let top: Int
    /// So many are wanted already, and none behind this one.
    private var last: TwinID?

    /// - Parameter top: how many are wanted; nil for all.
    init(top: Int?) { self.top = top ?? .max }

    mutating func add(_ occupant: Occupant) {
        let id = occupant.id
        if let last, last < id { return }
        found.append((id, occupant.held))
        // Each time half of them, or more, make way.
        if found.count - max(top, Self.least) >= top { cut() }
    }

    /// To sort for each few that come would take longer than to keep these.
    private static let least = 1_000

    private mutating func cut() {
        found.sort { $0.id < $1.id }
        guard found.count > top else { return }
        found.removeLast(found.count - top)
        last = found.last?.id
    }

    var twins: [HeldTwin] {
        var ordered = self
        ordered.cut()
        return ordered.found.map(\.twin)
    }
}
