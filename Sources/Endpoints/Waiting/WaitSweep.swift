import Reactor

/// Looks through those who wait on one shard, every so often while there are any: whose wait is over, and whose stream has
/// to show that it is alive.
public final class WaitSweep {
    /// - Parameters:
    ///   - now: the shard's milliseconds.
    ///   - isTimeForComments: whether quiet streams are to say something.
    /// - Returns: whether anybody still waits.
    public typealias Look = (_ now: UInt64, _ isTimeForComments: Bool) -> Bool

    private unowned let shard: Shard
    private let look: Look
    private var nextComments: UInt64 = 0
    /// Scheduled while somebody waits.
    private var timer: ShardTimer?

    public init(on shard: Shard, _ look: @escaping Look) {
        self.shard = shard
        self.look = look
    }

    /// Somebody waits from now on; nothing happens where others do already.
    public func start() {
        guard timer == nil else { return }
        let timer = ShardTimer { [unowned self] in fire() }
        self.timer = timer
        nextComments = shard.uptimeMilliseconds + UInt64(Wait.commentSeconds) * 1000
        shard.schedule(timer, afterMilliseconds: Wait.sweepMilliseconds)
    }

    private func fire() {
        let now = shard.uptimeMilliseconds
        let isTimeForComments = now >= nextComments
        if isTimeForComments { nextComments = now + UInt64(Wait.commentSeconds) * 1000 }
        if look(now, isTimeForComments), let timer {
            shard.schedule(timer, afterMilliseconds: Wait.sweepMilliseconds)
        } else {
            timer = nil
        }
    }
}
