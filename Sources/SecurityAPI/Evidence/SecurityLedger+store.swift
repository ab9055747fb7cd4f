import Defender
import Events
import JSON
import Journal
import Vocabulary

// What devices have sent, and what of their twins was told before this process; everything here is on the ledger's queue.
extension SecurityLedger {
    private static let pageSize = 256
    private static let marked = EventFilter(source: .deviceMessages, interfaceID: SecurityInterface.id)

    func advance() {
        while !isReading, let store {
            if cursor >= end, !isPastRead.exchange(true, ordering: .relaxed) { end = store.lastSequence }
            if cursor >= end { catchUp() }
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
            // What is seen from now on counts nevertheless.
            catchUp()
            return false
        case .events(let events):
            guard let last = events.last else { return false }
            for event in events {
                switch event.source {
                case .deviceMessages: take(event)
                case .twinChangeEvents, .deviceLifecycleEvents: takePastChange(event)
                default: continue
                }
            }
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

    /// A security module that was made, deleted or configured since an agent reported something of its configuration: that is over
    /// (`SecurityTwins`). Changes of this process's time are seen as they happen.
    private func takePastChange(_ event: StoredEvent) {
        guard let lastPastChange, let device = event.deviceID, ledger.withLock({ $0[device] != nil }),
            let stored = StoredMessage(event), let sequence = stored.hubSequence
        else { return }
        guard sequence <= lastPastChange else {
            self.lastPastChange = nil
            return
        }
        guard let module = stored.moduleID, SecurityModule(moduleID: module) != nil,
            event.source == .deviceLifecycleEvents || stored.holdsDesired
        else { return }
        update(device, at: event.enqueuedTime, judging: .modules([module]), remembering: false) { _ in [] }
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

extension StoredMessage {
    /// Whether a twin change has written desired properties; it shows them exactly then (twins.md section 11.1).
    fileprivate var holdsDesired: Bool {
        (try? JSONDocument(parsing: body))?.root["properties"]?["desired"] != nil
    }
}
