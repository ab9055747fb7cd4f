import Defender
import DequeModule
import Endpoints
import Journal
import Synchronization
import Vocabulary

/// The latest changes of findings in order, for those who follow them. Lives with the process: what was found before stands in the
/// report, and the sequences of a later process are all higher.
final class FindingLog: Sendable {
    /// Changes that are kept, and bytes of them.
    static let entries = 10_000
    static let bytes = 16 << 20

    private struct State {
        var news = Deque<FindingNews>()
        var bytes = 0
        var last: UInt64
        var followers: [ShardBell] = []
    }

    private let state: Mutex<State>

    /// A later process begins higher than an earlier one can have come, by this many changes for each millisecond between them.
    private static let sequencesPerMillisecond: UInt64 = 1000

    init(at now: Timestamp) {
        let milliseconds = UInt64(max(now.unixSeconds, 0)) * 1000
        state = Mutex(State(last: milliseconds * Self.sequencesPerMillisecond))
    }

    func append(_ changes: [FindingChange], of device: String) {
        guard !changes.isEmpty else { return }
        let followers = state.withLock { state in
            for change in changes {
                state.last += 1
                let news = FindingNews(sequence: state.last, device: device, change: change)
                state.news.append(news)
                state.bytes += news.footprint
            }
            while state.news.count > Self.entries || state.bytes > Self.bytes, let oldest = state.news.popFirst() {
                state.bytes -= oldest.footprint
            }
            return state.followers
        }
        for follower in followers { follower.ring() }
    }

    var lastSequence: UInt64 { state.withLock { $0.last } }

    func recent(after sequence: UInt64, limit: Int) -> LogPage<FindingNews> {
        state.withLock { state in
            if sequence >= state.last { return .events([]) }
            let oldest = state.last - UInt64(state.news.count) + 1
            guard sequence + 1 >= oldest else { return .compactedAway(oldest: oldest) }
            return .events(Array(state.news.dropFirst(Int(sequence + 1 - oldest)).prefix(limit)))
        }
    }

    var hasFollowers: Bool { state.withLock { !$0.followers.isEmpty } }

    func follow(_ bell: ShardBell) { state.withLock { $0.followers.append(bell) } }

    func unfollow(_ bell: ShardBell) { state.withLock { $0.followers.removeAll { $0 === bell } } }
}
