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
}
