import Endpoints
import JSON
import Journal

/// The changes of findings as a feed.
final class FindingsFeed: Feed {
    static let collection: StaticString = "findings"
    static let name = "finding"
    static let title = "The feed of findings"

    /// Nil on a shard where nobody has asked for findings, and so for no feed.
    private let ledger: SecurityLedger?
    private let bell: ShardBell
    var grown: () -> Void = {}

    init(_ services: ShardServices) {
        ledger = services.room(SecurityLedger.self)
        bell = ShardBell(services.shard)
        bell.rung = { [unowned self] in grown() }
    }

    deinit { ledger?.unfollow(bell) }

    var lastSequence: UInt64 { ledger?.news.lastSequence ?? 0 }

    func recent(after sequence: UInt64, limit: Int) -> LogPage<FindingNews> {
        ledger?.news.recent(after: sequence, limit: limit) ?? .events([])
    }

    func read(after sequence: UInt64, limit: Int, then answer: @escaping @Sendable (LogPage<FindingNews>) -> Void) {
        answer(recent(after: sequence, limit: limit))
    }

    func watch(_ isWatching: Bool) {
        if isWatching { ledger?.follow(bell) } else { ledger?.unfollow(bell) }
    }

    func wants(_ entry: FindingNews, _ filter: FindingFilter) -> Bool { filter.wants(entry) }

    func write(_ entry: FindingNews, to json: inout JSONWriter) { entry.write(to: &json) }
}
