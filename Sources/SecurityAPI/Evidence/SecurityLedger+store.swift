import Defender
import Events
import Journal
import Vocabulary

// What devices have sent; everything here is on the ledger's queue.
extension SecurityLedger {
    private static let pageSize = 256
    private static let messages = EventFilter(source: .deviceMessages)
    private static let marked = EventFilter(source: .deviceMessages, interfaceID: SecurityInterface.id)

    func advance() {
        while !isReading, let store {
            if cursor >= end { isCaughtUp.store(true, ordering: .relaxed) }
            let page = store.recent(after: cursor, limit: Self.pageSize)
            guard case .notInMemory = page else {
                guard take(page) else { return }
                continue
            }
            guard cursor < store.lastSequence else { return }
            isReading = true
            store.read(after: cursor, limit: Self.pageSize) { page in
                self.queue.async {
                    self.isReading = false
                    if self.take(page) { self.advance() }
                }
            }
        }
    }

    /// False where there is nothing more for now.
    private func take(_ page: LogPage<StoredEvent>) -> Bool {
        switch page {
        case .notInMemory: return false
        case .compactedAway(let oldest):
            cursor = oldest - 1
            return true
        case .unreadable(let reason):
            report("security messages: the event store cannot be read: \(reason)")
            return false
        case .events(let events):
            guard let last = events.last else { return false }
            for event in events where Self.messages.wants(event) { take(event) }
            cursor = last.sequence
            return true
        }
    }

    /// Every message is a sign of life; one that is marked says more.
    private func take(_ event: StoredEvent) {
        guard let device = event.deviceID else { return }
        let transport: Evidence.Transport = event.cameByHTTP ? .http : .mqtt
        guard Self.marked.wants(event), let stored = StoredMessage(event) else {
            guard isWatching else { return }
            return hear(device, transport, at: event.enqueuedTime)
        }
        let sender = TwinID(trusted: stored.moduleID.map { "\(device)/\($0)" } ?? device)
        // What an earlier device or module of that name has sent is not this one's.
        guard let generation = stored.systemProperty("iothub-connection-auth-generation-id"),
            let identity = hub?.entity(sender)?.identity, String(identity.generation) == generation
        else { return }
        update(device, at: event.enqueuedTime, judging: nil, remembering: true) { security in
            let before = security.snapshotBytes
            let room = Self.snapshotBytes - keptSnapshotBytes + before
            let changes = security.take(event, stored, generation: generation, room: room)
            keptSnapshotBytes += security.snapshotBytes - before
            return changes + security.observe(.deviceToCloud(transport), at: event.enqueuedTime)
        }
    }

    /// The way of almost every message where Defender is in use.
    private func hear(_ device: String, _ transport: Evidence.Transport, at time: Timestamp) {
        let isKnown = ledger.withLock { ledger in
            guard let changes = ledger[device]?.observe(.deviceToCloud(transport), at: time) else { return false }
            tell(changes, of: device)
            return true
        }
        guard !isKnown, remembersAll else { return }
        update(device, at: time, judging: nil, remembering: true) { $0.observe(.deviceToCloud(transport), at: time) }
    }
}
