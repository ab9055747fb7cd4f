import Hub
import MQTT
import Synchronization
import Vocabulary

/// What clients have not acknowledged while they are away: kept for their next connection, on whatever shard that is, with
/// its packet ids. It ends with the process; the messages themselves are the hub's and are delivered anew then.
public final class MQTTSessions: Sendable {
    private let waiting = Mutex<[TwinID: Session]>([:])

    public init() {}

    /// A session without deliveries is not worth keeping: its subscriptions are the hub's.
    func keep(_ session: Session) {
        waiting.withLock { $0[session.identity] = session.deliveries.isEmpty ? nil : session }
    }

    /// The session that a new link begins with; nil where it begins without. The hub's word counts: where it knows of no
    /// session, or of another one, nothing is left of the old deliveries.
    func take(_ link: Link) -> Session? {
        let id = link.entity.id
        let kept = waiting.withLock { $0.removeValue(forKey: id) }
        guard link.sessionWasPresent, let known = link.entity.session else { return nil }
        if var kept, DeviceSession(kept) == known {
            // What was completed by another connection, purged or has expired meanwhile is not sent again.
            let waiting = Set(link.entity.messages.messages.map(\.sequence))
            kept.keepDeliveries { waiting.contains($0) }
            return kept
        }
        let text = known.subscriptions.map { "\($0.qualityOfService) \($0.filter)\n" }.joined()
        return Session(text: text, of: id) ?? Session(of: id)
    }
}

extension DeviceSession {
    /// What the hub keeps of a session.
    init(_ session: Session) {
        self.init()
        for subscription in session.subscriptions {
            _ = subscribe(
                .init(filter: subscription.filter.text, qualityOfService: subscription.qos.rawValue))
        }
    }
}
