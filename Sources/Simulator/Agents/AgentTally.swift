/// Keeps count over all agents of a run, and says when all of them have come to a point. Changes are numbered from 1 for each
/// twin; 0 is the state in which it was first read.
struct AgentTally {
    enum Signal {
        /// An agent was told changes up to this one for the first time.
        case told(ClosedRange<Int>)
        /// An agent that reports has reported changes up to this one.
        case reported(ClosedRange<Int>)
    }

    enum Milestone: Hashable {
        case started
        case allTold(change: Int)
        case allReported(change: Int)
    }

    /// Changes that are counted at once; further ones are not.
    static let changesCounted = 4096

    private struct Change {
        var told = 0
        var reported = 0
        var firstToldAt: UInt64
    }

    private let agents: Int
    private let reporters: Int
    private var changes: [Int: Change] = [:]

    /// - Parameter reporters: those of the agents that report every change.
    init(agents: Int, reporters: Int) {
        self.agents = agents
        self.reporters = reporters
    }

    /// The points that this makes, each with the time at which its change was first told.
    mutating func take(_ signal: Signal, at now: UInt64) -> [(Milestone, since: UInt64)] {
        switch signal {
        case .told(let range): range.flatMap { tell($0, at: now) }
        case .reported(let range): range.flatMap { report($0) }
        }
    }

    private mutating func tell(_ number: Int, at now: UInt64) -> [(Milestone, since: UInt64)] {
        guard changes[number] != nil || changes.count < Self.changesCounted else { return [] }
        changes[number, default: Change(firstToldAt: now)].told += 1
        guard let change = changes[number], change.told == agents else { return [] }
        var reached: [(Milestone, since: UInt64)] = number > 0 ? [(.allTold(change: number), change.firstToldAt)] : []
        // The last to be told may be one that does not report.
        reached += complete(number, change)
        return reached
    }

    private mutating func report(_ number: Int) -> [(Milestone, since: UInt64)] {
        guard changes[number] != nil else { return [] }
        changes[number]!.reported += 1
        return complete(number, changes[number]!)
    }

    private mutating func complete(_ number: Int, _ change: Change) -> [(Milestone, since: UInt64)] {
        guard change.told == agents, change.reported == reporters else { return [] }
        changes[number] = nil
        return [(number == 0 ? .started : .allReported(change: number), change.firstToldAt)]
    }
}
