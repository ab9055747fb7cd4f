import Reactor

/// What lives on one shard and is used there only.
protocol OnShard: AnyObject, Sendable {
    var shard: Shard { get }
}
