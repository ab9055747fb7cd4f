import Synchronization
import Vocabulary

/// Who is connected at this moment: each identity's one live link. Not hub state, since it ends with the process.
public final class DeviceLinks: Sendable {
    private struct Entry {
        var link: any DeviceLink
        var number: UInt64
        var takesMethods = false
    }

    private struct State {
        var entries: [TwinID: Entry] = [:]
        /// Who waits for an identity to take methods.
        var waiting: [TwinID: [(ticket: UInt64, resume: @Sendable () -> Void)]] = [:]
        var nextTicket: UInt64 = 1
    }

    private let state = Mutex(State())

    init() {}

    public var count: Int { state.withLock { $0.entries.count } }

    /// Puts a link in its identity's place and ends the one that was there: one connection for each identity (mqtt.md
    /// section 2.6). False where a later link is there already, and then nothing changes.
    public func register(_ link: any DeviceLink, _ id: TwinID, number: UInt64) -> Bool {
        let (isLatest, previous) = state.withLock { state -> (Bool, (any DeviceLink)?) in
            let previous = state.entries[id]
            if let previous, previous.number > number { return (false, nil) }
            state.entries[id] = Entry(link: link, number: number)
            return (true, previous?.link)
        }
        previous?.end(.takenOver)
        return isLatest
    }

    /// The link is gone; another one in its place stays.
    public func remove(_ id: TwinID, number: UInt64) {
        state.withLock { state in
            if state.entries[id]?.number == number { state.entries[id] = nil }
        }
    }

    /// Whether the device has subscribed to methods; those who wait for that go on.
    public func takesMethods(_ id: TwinID, number: UInt64, _ takes: Bool) {
        let resumed = state.withLock { state -> [(ticket: UInt64, resume: @Sendable () -> Void)] in
            guard state.entries[id]?.number == number else { return [] }
            state.entries[id]?.takesMethods = takes
            return takes ? state.waiting.removeValue(forKey: id) ?? [] : []
        }
        for waiter in resumed { waiter.resume() }
    }

    /// The identity's link; nil where it is not online.
    public func link(_ id: TwinID) -> (any DeviceLink)? { state.withLock { $0.entries[id]?.link } }

    /// The link that takes methods for this identity; nil where it is not online.
    public func methodLink(_ id: TwinID) -> (any DeviceLink)? {
        state.withLock { $0.entries[id].flatMap { $0.takesMethods ? $0.link : nil } }
    }

    /// Calls back once the identity takes methods: at once where it does already. Answers a ticket to give up with.
    public func whenTakingMethods(_ id: TwinID, _ resume: @escaping @Sendable () -> Void) -> UInt64 {
        let ticket = state.withLock { state -> UInt64? in
            if state.entries[id]?.takesMethods == true { return nil }
            let ticket = state.nextTicket
            state.nextTicket += 1
            state.waiting[id, default: []].append((ticket, resume))
            return ticket
        }
        guard let ticket else {
            resume()
            return 0
        }
        return ticket
    }

    public func stopWaiting(_ id: TwinID, ticket: UInt64) {
        state.withLock { state in
            guard var waiters = state.waiting[id] else { return }
            waiters.removeAll { $0.ticket == ticket }
            state.waiting[id] = waiters.isEmpty ? nil : waiters
        }
    }
}
