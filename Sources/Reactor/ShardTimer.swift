/// A deadline on a shard: scheduled, moved and cancelled any number of times, at no cost but its own object.
///
/// Belongs to the shard that it is scheduled on, like everything else there. The shard holds it while it is
/// scheduled, so a timer needs an owner only where it may have to be cancelled.
public final class ShardTimer {
    let fire: () -> Void
    /// In ticks of the wheel; meaningful while scheduled.
    var deadline: UInt64 = 0
    /// Place in the wheel, level * 64 + slot, or `idle`.
    var place = ShardTimer.idle
    var next: Unmanaged<ShardTimer>?
    var previous: Unmanaged<ShardTimer>?

    static let idle: Int32 = -1

    /// - Parameter fire: runs on the shard, once for each scheduling.
    public init(_ fire: @escaping () -> Void) { self.fire = fire }

    /// Whether it is going to fire.
    public var isScheduled: Bool { place != ShardTimer.idle }
}
