import Events
import Reactor
import Synchronization

/// Brings the word that there is more to read from any thread to a shard, at most one on its way.
///
/// Not checked: `rung` is the shard's, and is set before anybody knows of this object.
public final class ShardBell: @unchecked Sendable {
    private let shard: Shard
    private let isUnderWay = Atomic(false)
    /// Called on the shard.
    public var rung: () -> Void = {}

    public init(_ shard: Shard) { self.shard = shard }

    public func ring() {
        guard !isUnderWay.exchange(true, ordering: .acquiringAndReleasing) else { return }
        shard.post {
            self.isUnderWay.store(false, ordering: .releasing)
            self.rung()
        }
    }
}

extension ShardBell: EventFollower {
    public func eventsArrived() { ring() }
}
