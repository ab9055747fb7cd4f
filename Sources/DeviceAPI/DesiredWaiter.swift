import Endpoints

/// One client that waits for one twin. Small, since there may be very many.
final class DesiredWaiter: ResponderListener {
    let responder: any Responder
    let group: DesiredGroup
    /// The desired version up to which the client knows; nil before a stream's first event.
    var after: UInt64?
    /// On the shard's clock; 0 for a stream, which has none.
    let deadline: UInt64
    /// Its places in its group and among all waiters of the shard; negative once it has left.
    var place: Int32 = -1
    var placeInAll: Int32 = -1

    var isStream: Bool { deadline == 0 }

    init(_ responder: any Responder, _ group: DesiredGroup, after: UInt64?, deadline: UInt64) {
        self.responder = responder
        self.group = group
        self.after = after
        self.deadline = deadline
    }

    func abandoned() { group.waits.remove(self) }
}
