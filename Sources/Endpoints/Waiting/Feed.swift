import HTTP
import JSON
import Journal
import Vocabulary

/// Something that readers follow in order from any sequence on: the changes of the hub, the events for back ends. One
/// object a shard.
public protocol Feed: AnyObject, SendableMetatype {
    associatedtype Entry: Numbered
    associatedtype Filter

    /// What an answer calls its entries, `changes`.
    static var collection: StaticString { get }
    /// What a stream calls one of them, `change`.
    static var name: String { get }
    /// What errors call it, `The feed`.
    static var title: String { get }

    init(_ services: ShardServices)

    var lastSequence: UInt64 { get }

    /// Entries after this sequence, if the newest ones in memory reach back that far.
    func recent(after sequence: UInt64, limit: Int) -> LogPage<Entry>

    /// As above, from the log; answers on any queue.
    func read(after sequence: UInt64, limit: Int, then answer: @escaping @Sendable (LogPage<Entry>) -> Void)

    /// From now on, or no longer, `grown` is called on the shard when there may be more to read.
    func watch(_ isWatching: Bool)
    var grown: () -> Void { get set }

    func wants(_ entry: Entry, _ filter: Filter) -> Bool
    func write(_ entry: Entry, to json: inout JSONWriter)
}

/// How a request follows a feed: by long poll, or as a stream.
public enum FeedRequest {
    /// `after` is the last sequence that the reader has seen, `Last-Event-ID` for a stream that is taken up again; without
    /// it the feed begins with what happens from now on.
    public static func follow<Source: Feed>(
        _ type: Source.Type, _ call: Call, _ filter: Source.Filter
    ) throws(HubError) -> Answer {
        let waits = call.services.room(FeedWaits<Source>.self, make: FeedWaits<Source>.init)
        let isStream = call.request.headers.wantsEventStream
        var after = try call.number("after") ?? waits.feed.lastSequence
        if isStream, let last = call.header("last-event-id").flatMap({ UInt64($0) }) { after = last }
        guard after <= waits.feed.lastSequence else {
            throw .gone("\(Source.title) is at sequence \(waits.feed.lastSequence) only.")
        }
        let waiter = try waits.join(
            call.responder, filter, after: after, requestID: call.requestID,
            seconds: isStream ? nil : Wait.seconds(call))
        if isStream { call.responder.openStream(Wait.stream) }
        waits.advance(waiter)
        return .later
    }
}
