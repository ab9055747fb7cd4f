/// Keeps count over all clients of a run, and says when all of them have come to a point.
struct LoadTally {
    enum Signal {
        case ready
        /// A client that was ready is no longer; the first time in its life, or again.
        case lost(isFirst: Bool)
        /// A client has been told its so-manieth change, from 1.
        case told(round: Int)
    }

    enum Milestone: Hashable {
        /// All are ready for the first time.
        case allReady
        /// All have been told this change.
        case allTold(round: Int)
        /// All have been lost once, and all are ready.
        case allBack
    }

    let clients: Int
    private(set) var ready = 0
    private(set) var losers = 0
    private(set) var firstLostAt: UInt64?
    private var hasBeenReady = false
    private var hasBeenBack = false
    private var told: [Int] = []

    init(clients: Int) { self.clients = clients }

    mutating func take(_ signal: Signal, at now: UInt64) -> Milestone? {
        switch signal {
        case .ready:
            ready += 1
            guard ready == clients else { return nil }
            if !hasBeenReady {
                hasBeenReady = true
                return .allReady
            }
            guard !hasBeenBack, losers == clients else { return nil }
            hasBeenBack = true
            return .allBack
        case .lost(let isFirst):
            ready -= 1
            if isFirst { losers += 1 }
            if firstLostAt == nil { firstLostAt = now }
            return nil
        case .told(let round):
            while told.count < round { told.append(0) }
            told[round - 1] += 1
            return told[round - 1] == clients ? .allTold(round: round) : nil
        }
    }
}
