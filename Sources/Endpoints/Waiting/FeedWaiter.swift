import Vocabulary

/// One reader of a feed.
final class FeedWaiter<Source: Feed>: ResponderListener {
    let responder: any Responder
    let filter: Source.Filter
    let requestID: RequestID
    /// The last sequence that was looked at for this reader.
    var after: UInt64
    /// On the shard's clock; nil for a stream.
    let deadline: UInt64?
    /// Whether older events are being read for it.
    var isReading = false
    var isOver = false
    private unowned let waits: FeedWaits<Source>

    var isStream: Bool { deadline == nil }

    init(
        _ responder: any Responder, _ filter: Source.Filter, after: UInt64, deadline: UInt64?, requestID: RequestID,
        _ waits: FeedWaits<Source>
    ) {
        self.responder = responder
        self.filter = filter
        self.after = after
        self.deadline = deadline
        self.requestID = requestID
        self.waits = waits
    }

    func abandoned() { waits.remove(self) }

    func drained() {
        if isStream { waits.advance(self) }
    }
}
