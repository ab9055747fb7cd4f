import Synchronization

/// Answers of shards, until there is one of each.
final class Collected<Part: Sendable>: Sendable {
    private let parts = Mutex<[Part]>([])

    func add(_ part: Part, of count: Int) -> [Part]? {
        parts.withLock { parts in
            parts.append(part)
            return parts.count == count ? parts : nil
        }
    }

    /// Asks every one of these on its own shard, and hands over all that they say.
    static func ask<Asked: OnShard>(
        _ asked: [Asked], _ question: @escaping @Sendable (Asked) -> Part,
        then done: @escaping @Sendable ([Part]) -> Void
    ) {
        let found = Collected()
        for one in asked {
            one.shard.post {
                if let all = found.add(question(one), of: asked.count) { done(all) }
            }
        }
    }
}
